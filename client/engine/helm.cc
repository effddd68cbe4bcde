#include "client/engine/helm.h"

namespace grapevine::client {

bool Helm::try_take() {
    const std::lock_guard lock(mutex_);
    if (steers_ != Who::nobody || called_) return false;
    steers_ = Who::other;
    ++taken_;
    return true;
}

void Helm::call() {
    const std::lock_guard lock(mutex_);
    call_locked();
}

void Helm::call_locked() {
    if (steers_ == Who::own) return;
    called_ = true;
    needed_.notify_one();
}

void Helm::wait_for_call(std::unique_lock<std::mutex>& lock) {
    const auto may_steer = [this] { return called_ && steers_ == Who::nobody; };
    for (;;) {
        const std::uint64_t seen = taken_;
        if (needed_.wait_for(lock, patience, may_steer)) break;
        if (steers_ == Who::nobody && taken_ == seen) break;
    }
    called_ = false;
    steers_ = Who::own;
}

}  // namespace grapevine::client
