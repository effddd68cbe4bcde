// Who runs the loop of an engine: its own thread, or one that waits for an answer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace grapevine::client {

// One at a time; what one did is seen by the next. A thread that steers while it waits reads its
// answer itself: nobody has to be woken for it, and it has to be woken by nobody.
class Helm {
public:
    // The own thread, which steers at first, comes back when nobody has steered for so long.
    static constexpr auto patience = std::chrono::milliseconds(10);

    // Of a thread that waits: true when it steers from now on.
    bool try_take();
    // It steers no longer. `is_needed` tells whether somebody has to go on at once: it is asked
    // when others may already have seen that nobody steers.
    template <typename IsNeeded>
    void leave(IsNeeded is_needed) {
        const std::lock_guard lock(mutex_);
        steers_ = Who::nobody;
        if (is_needed() || called_) call_locked();
    }
    // Of the own thread: lets others steer. Returns when it steers again: because it is needed, was
    // called, or has seen nobody steer for a while.
    template <typename IsNeeded>
    void rest(IsNeeded is_needed) {
        std::unique_lock lock(mutex_);
        steers_ = Who::nobody;
        called_ = is_needed();
        wait_for_call(lock);
    }

    // Nobody steers: who has put something into the inbox has to call().
    bool vacant() const { return steers_.load() == Who::nobody; }
    // From any thread: the own thread steers as soon as nobody else does.
    void call();

private:
    enum class Who : std::uint8_t { nobody, own, other };

    void call_locked();
    void wait_for_call(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;  // Of what follows; steers_ may be read without it.
    std::condition_variable needed_;
    std::atomic<Who> steers_ = Who::own;
    bool called_ = false;
    std::uint64_t taken_ = 0;  // So many times by others.
};

}  // namespace grapevine::client
