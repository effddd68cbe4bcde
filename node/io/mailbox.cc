#include "node/io/mailbox.h"

namespace grapevine::node::io {

void Mailbox::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(task));
    }
    if (asleep_.exchange(false)) wake_();
}

bool Mailbox::drain() {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return false;
        running_.swap(waiting_);
    }
    for (auto& task : running_) task();
    running_.clear();
    return true;
}

bool Mailbox::fall_asleep() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) return false;
    asleep_.store(true);
    return true;
}

}  // namespace grapevine::node::io
