#include <grapevine/cluster.h>
#include <grapevine/subscription.h>

#include "client/listener.h"

namespace grapevine::client {

Result<Subscription> Subscription::channels(const Cluster& cluster, std::vector<std::string> names,
                                            std::size_t limit) {
    return start(std::make_shared<State>(cluster.engine(), "SUBSCRIBE", std::move(names), limit));
}

Result<Subscription> Subscription::patterns(const Cluster& cluster,
                                            std::vector<std::string> patterns, std::size_t limit) {
    return start(
        std::make_shared<State>(cluster.engine(), "PSUBSCRIBE", std::move(patterns), limit));
}

Result<Subscription> Subscription::shard_channels(const Cluster& cluster,
                                                  std::vector<std::string> names,
                                                  std::size_t limit) {
    Request all("SSUBSCRIBE", static_cast<unsigned>(names.size()));
    for (const std::string& name : names) all.key(name);
    if (all.facts().crosses_slots)
        return Error{.text =
                         "CROSSSLOT the channels of one subscription must be in one slot: give "
                         "them one {tag}"};
    return start(std::make_shared<State>(cluster.engine(), "SSUBSCRIBE", std::move(names), limit));
}

Result<Subscription> Subscription::start(std::shared_ptr<State> state) {
    if (state->engine().on_thread()) return cannot_wait_here();
    Subscription subscription(state);
    state->engine().run_there([state] { state->begin(); });
    if (auto error = state->wait_until_confirmed()) return std::move(*error);
    return subscription;
}

Subscription::Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}
Subscription::~Subscription() {
    if (!state_ || state_->has_ended()) return;
    Engine& engine = state_->engine();
    engine.run_there([state = std::move(state_)] { state->stop(); });
}

std::uint64_t Subscription::dropped() const {
    return state_->dropped();
}

Result<Message> Subscription::Next::wait() {
    if (state_.engine().on_thread() && !state_.has_something()) return cannot_wait_here();
    return state_.wait(Instant::max());
}
Result<Message> Subscription::Next::wait(Duration patience) {
    if (state_.engine().on_thread() && !state_.has_something()) return cannot_wait_here();
    return state_.wait(std::chrono::steady_clock::now() + patience);
}
bool Subscription::Next::await_ready() const {
    return state_.has_something();
}
bool Subscription::Next::await_suspend(std::coroutine_handle<> waiting) {
    return state_.suspend(waiting);
}
Result<Message> Subscription::Next::await_resume() {
    return state_.take();
}

}  // namespace grapevine::client
