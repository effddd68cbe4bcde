// The one way in which threads talk: work posted to the thread that owns what it touches.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "node/io/task.h"

namespace grapevine::node::io {

// Many writers, one reader. A writer pays for a wake-up only when the reader has said that it
// sleeps.
class Mailbox {
public:
    // `wake` may be called from any thread.
    explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    // From any thread. Tasks of one thread run in the order in which it posted them.
    void post(Task task);

    // The reader's side. Runs what was there when it was called; true when there was anything.
    bool drain();
    // True: the mailbox is empty and the next post() will wake the reader. False: drain it first.
    bool fall_asleep();
    void awake() { asleep_.store(false, std::memory_order_relaxed); }

private:
    std::function<void()> wake_;
    std::mutex mutex_;
    std::vector<Task> waiting_;
    std::vector<Task> running_;
    std::atomic<bool> asleep_{false};
};

}  // namespace grapevine::node::io
