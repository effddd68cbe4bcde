#include <condition_variable>
#include <grapevine/call.h>
#include <mutex>

#include "client/engine/engine.h"

namespace grapevine::client {

bool start(Engine& engine, Operation& operation) {
    if (Caching* cache = engine.caching(); cache != nullptr && cache->begin(operation))
        return false;
    engine.start(operation);
    return true;
}

void start_when_room(Engine& engine, Operation& operation) {
    if (Caching* cache = engine.caching(); cache != nullptr && cache->begin(operation)) return;
    if (!engine.on_thread()) engine.wait_for_room();
    engine.start(operation);
}

void wait(Engine& engine, Parker& parker) {
    engine.wait(parker);
}

void wake_at_turn_end(Engine& engine, Parker& waiting) {
    engine.wake_at_turn_end(waiting);
}

bool on_thread_of(const Engine& engine) {
    return engine.on_thread();
}

Error cannot_wait_here() {
    return {.text =
                "USAGE wait() in a callback or a coroutine would wait for itself: use then() or "
                "co_await"};
}

// A thread may end while the one that woke it is still inside unpark(): what both touch is never
// freed, but used again by later threads.
struct Parker::State {
    State() { sem_init(&unparked, 0, 0); }
    sem_t unparked;
    State* next_idle = nullptr;
};

struct Parker::Idle {
    std::mutex mutex;
    State* first = nullptr;

    static Idle& states() {
        static Idle* const all = new Idle;
        return *all;
    }
};

Parker::Parker() {
    Idle& idle = Idle::states();
    const std::lock_guard lock(idle.mutex);
    state_ = idle.first != nullptr ? std::exchange(idle.first, idle.first->next_idle) : new State;
}

Parker::~Parker() {
    Idle& idle = Idle::states();
    const std::lock_guard lock(idle.mutex);
    state_->next_idle = std::exchange(idle.first, state_);
}

Parker& Parker::of_this_thread() {
    thread_local Parker own;
    return own;
}

// A plain semaphore: std::atomic::wait gives up its processor a few times before it sleeps, which
// costs more than it saves when an answer takes a round trip.
void Parker::park() {
    while (sem_wait(&state_->unparked) != 0) {  // A signal came.
    }
}

void Parker::unpark() {
    sem_post(&state_->unparked);
}

}  // namespace grapevine::client
