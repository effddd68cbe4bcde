// Where all threads leave operations for the one thread that runs them.
#pragma once

#include <atomic>

namespace grapevine::client {

// T has a member `T* next_in_inbox`, which belongs to the inbox while it is in there.
template <typename T>
class Inbox {
public:
    // From any thread.
    void put(T& item) { put_all(item, item); }
    // The same of several that are linked from the newest to the oldest by next_in_inbox.
    void put_all(T& newest, T& oldest) {
        T* first = first_.load(std::memory_order_relaxed);
        do {
            oldest.next_in_inbox = first;
        } while (!first_.compare_exchange_weak(first, &newest, std::memory_order_seq_cst,
                                               std::memory_order_relaxed));
    }

    bool empty() const { return first_.load() == nullptr; }
    // All that is in there, first come first, each linked to the next by next_in_inbox.
    T* take_all() {
        T* newest = first_.exchange(nullptr, std::memory_order_acquire);
        T* oldest = nullptr;
        while (newest != nullptr) {
            T* next = newest->next_in_inbox;
            newest->next_in_inbox = oldest;
            oldest = newest;
            newest = next;
        }
        return oldest;
    }

private:
    std::atomic<T*> first_ = nullptr;  // The newest.
};

}  // namespace grapevine::client
