// Which thread does the engine's work: its own, or one that waits for an answer.
#include <csignal>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

// Threads that wait at the same time are served best by one that does nothing else.
constexpr Duration calm = std::chrono::milliseconds(100);

thread_local const void* engine_of_this_thread = nullptr;

// Whoever writes to a server that is gone gets a SIGPIPE, which is nobody's business.
class WithoutSigpipe {
public:
    WithoutSigpipe() {
        sigemptyset(&only_);
        sigaddset(&only_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &only_, &before_);
    }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    ~WithoutSigpipe() {
        const timespec none{};
        if (may_have_come && sigismember(&before_, SIGPIPE) == 0)
            sigtimedwait(&only_, nullptr, &none);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

    bool may_have_come = false;

private:
    sigset_t only_;
    sigset_t before_;
};

}  // namespace

bool Engine::on_thread() const {
    return engine_of_this_thread == this;
}

void Engine::run() {
    engine_of_this_thread = this;
    io::Loop::refuse_signals();
    loop_.set_alarm(loop_.now());
    while (loop_.run()) rest();
}

void Engine::rest() {
    helm_.rest([this] { return has_work(); });
    loop_.refresh();
    take_inbox();
}

bool Engine::has_work() const {
    return !inbox_.empty() || held_ != nullptr || bytes_in_flight_ > 0 || !lobby_.empty() ||
           !own_links_.empty() || question_ || stop_ ||
           (caching_ && caching_->guards().any());  // News may come at any time.
}

// Nothing is on its way, and the last who asked was alone and waited for the answer: the next one
// is expected to do the same.
bool Engine::may_rest() const {
    return served_a_waiting_ && !has_work() && loop_.now() - crowded_at_ >= calm;
}

void Engine::wait(Parker& parker) {
    if (helm_.try_take()) {
        if (steer(parker)) return;
    } else if (sleeping_.exchange(false)) {
        loop_.wake();
    }
    parker.park();
}

// True when what it waits for has come.
bool Engine::steer(Parker& parker) {
    WithoutSigpipe guard;
    const void* outer = std::exchange(engine_of_this_thread, this);
    const std::uint64_t ended_before = connections_ended_;
    steersman_ = &parker;
    loop_.refresh();
    take_inbox();
    // It may have come while the own thread still steered.
    while (steersman_ != nullptr && !parker.has_to_go_on() && !has_to_leave()) loop_.run();
    const bool arrived = std::exchange(steersman_, nullptr) == nullptr;
    guard.may_have_come = connections_ended_ != ended_before;
    engine_of_this_thread = outer;
    helm_.leave([this] { return has_work(); });
    return arrived;
}

void Engine::arrive() {
    steersman_ = nullptr;
    loop_.leave();
}

bool Engine::may_be_steered(const Operation& operation) {
    return operation.waited_for && !operation.request.facts().needs_own_connection();
}

// Those that were held back come first.
Operation* Engine::next_to_accept() {
    if (held_ == nullptr) return inbox_.take_all();
    Operation* first = std::exchange(held_, nullptr);
    Operation* last = first;
    while (last->next_in_inbox != nullptr) last = last->next_in_inbox;
    last->next_in_inbox = inbox_.take_all();
    return first;
}

// What has callbacks is for the engine's own thread, and so is the end.
bool Engine::has_to_leave() const {
    return steersman_ != nullptr && (held_ != nullptr || stop_);
}

}  // namespace grapevine::client
