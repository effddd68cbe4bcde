// Operations in the order in which they came; owns none of them.
#pragma once

#include <grapevine/operation.h>

namespace grapevine::client {

// Through the hook H of Operation: QueueHook or TimeHook. Whoever is in it can leave by unlink().
template <typename H>
class Queue {
public:
    Queue() { head_.next = head_.previous = &head_; }
    Queue(const Queue&) = delete;

    bool empty() const { return head_.next == &head_; }
    void push(Operation& operation) {
        H& hook = operation;
        hook.previous = head_.previous;
        hook.next = &head_;
        head_.previous->next = &hook;
        head_.previous = &hook;
    }
    // Not when it is empty.
    const Operation& front() const {
        return static_cast<const Operation&>(static_cast<const H&>(*head_.next));
    }
    // Takes the first out. Not when it is empty.
    Operation& pop() {
        Hook* first = head_.next;
        first->unlink();
        return static_cast<Operation&>(static_cast<H&>(*first));
    }
    // Takes all of `other`'s and leaves it empty. This one must be empty.
    void take(Queue& other) {
        if (other.empty()) return;
        head_.next = other.head_.next;
        head_.previous = other.head_.previous;
        head_.next->previous = head_.previous->next = &head_;
        other.head_.next = other.head_.previous = &other.head_;
    }

private:
    Hook head_;
};

}  // namespace grapevine::client
