#include <condition_variable>
#include <grapevine/call.h>
#include <mutex>

#include "client/engine/engine.h"

namespace grapevine::client {

void start(Engine& engine, Operation& operation) {
    engine.start(operation);
}

void start_when_room(Engine& engine, Operation& operation) {
    if (!engine.on_thread()) engine.wait_for_room();
    engine.start(operation);
}

bool on_thread_of(const Engine& engine) {
    return engine.on_thread();
}

Error cannot_wait_here() {
    return {.text =
                "USAGE wait() in a callback or a coroutine would wait for itself: use then() or "
                "co_await"};
}

struct Parker::State {
    std::mutex mutex;
    std::condition_variable changed;
    bool unparked = false;
};

Parker::Parker() : state_(new State) {}
Parker::~Parker() {
    delete state_;
}

Parker& Parker::of_this_thread() {
    thread_local Parker own;
    return own;
}

void Parker::park() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->unparked; });
    state_->unparked = false;
}

// The lock is held to the end: whoever wakes up cannot take the parker away before.
void Parker::unpark() {
    const std::lock_guard lock(state_->mutex);
    state_->unparked = true;
    state_->changed.notify_one();
}

}  // namespace grapevine::client
