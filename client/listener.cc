#include "client/listener.h"

#include <algorithm>
#include <array>

namespace grapevine::client {
namespace {

// Errors that another try will meet again.
constexpr std::array final_codes = {"CLOSED", "CROSSSLOT", "NOPERM", "NOAUTH", "WRONGPASS", "ERR"};
constexpr Duration longest_silence = std::chrono::seconds(1);  // Of PING.
constexpr unsigned looks_between_pings = 10;

}  // namespace

// One SUBSCRIBE or PING on its way.
class Subscription::State::Asking final : public Operation, public Pooled {
public:
    Asking(std::shared_ptr<State> state, Request&& what, Duration how_long)
        : Operation(std::move(what)), state_(std::move(state)) {
        patience = how_long;
    }
    void succeeded(const Reply&) override {
        const auto state = std::move(state_);
        delete this;
        state->answered();
    }
    void failed(Error&& error) override {
        const auto state = std::move(state_);
        delete this;
        state->failed(error);
    }

private:
    std::shared_ptr<State> state_;
};

void Subscription::State::begin() {
    self_ = shared_from_this();
    subscribe_next();
}

void Subscription::State::stop() {
    stopped_ = true;
    const auto self = std::move(self_);
    engine_.end(*this, false);
}

void Subscription::State::subscribe_next() {
    if (confirmed_ == names_.size()) {
        const std::lock_guard lock(mutex_);
        ready_ = true;
        return changed_.notify_all();
    }
    Request request(command_, 1, Trait::repeatable | Trait::blocks);
    if (sharded()) {
        request.key(names_[confirmed_]);
    } else {
        request.add(names_[confirmed_]);
    }
    ask(std::move(request), {});
}

void Subscription::State::ask(Request&& request, Duration patience) {
    asked_ = true;
    request.facts().talk = this;
    engine_.start(*new Asking(shared_from_this(), std::move(request), patience));
}

void Subscription::State::answered() {
    asked_ = false;
    if (stopped_) return engine_.end(*this, false);
    if (confirmed_ == names_.size()) return;  // PONG.
    ++confirmed_;
    subscribe_next();
}

void Subscription::State::failed(const Error& error) {
    asked_ = false;
    if (stopped_) return engine_.end(*this, false);
    const auto code = error.code();
    if (std::find(final_codes.begin(), final_codes.end(), code) != final_codes.end())
        return finish(error);
    again();
}

void Subscription::State::again() {
    {
        const std::lock_guard lock(mutex_);
        gap_ |= ready_;
    }
    engine_.end(*this, false);
    began = false;
    confirmed_ = 0;
    subscribe_next();
}

void Subscription::State::ended(const std::string&) {
    if (!asked_ && !stopped_) again();  // Otherwise what is on its way fails, and then.
}

// A node that is cut off says nothing, and neither does a quiet channel.
void Subscription::State::look() {
    if (asked_ || ++looks_ % looks_between_pings != 0) return;
    ask(Request("PING", 0, Trait::none), longest_silence);
}

// True for what answers a request of ours. Shapes: Redis 7.0, RESP3.
bool Subscription::State::pushed(const Reply& message) {
    std::vector<std::string> parts;
    if (stopped_ || !read(message, parts) || parts.size() < 3) return false;
    const std::string& kind = parts[0];
    if (kind == "sunsubscribe") {  // The slot has left this node.
        if (!asked_) again();
    } else if (kind.ends_with("subscribe")) {
        return asked_;
    } else if (kind == "pmessage" && parts.size() == 4) {
        deliver({.channel = std::move(parts[2]),
                 .pattern = std::move(parts[1]),
                 .payload = std::move(parts[3])});
    } else if (kind == "message" || kind == "smessage") {
        deliver({.channel = std::move(parts[1]), .pattern = {}, .payload = std::move(parts[2])});
    }
    return false;
}

void Subscription::State::deliver(Message&& message) {
    std::unique_lock lock(mutex_);
    if (queue_.size() >= limit_) {
        ++dropped_;
        gap_ = true;
        return;
    }
    message.gap = std::exchange(gap_, false);
    queue_.push_back(std::move(message));
    wake(std::move(lock));
}

void Subscription::State::finish(const Error& error) {
    const auto self = std::move(self_);
    engine_.end(*this, false);
    std::unique_lock lock(mutex_);
    end_ = error;
    wake(std::move(lock));
}

void Subscription::State::wake(std::unique_lock<std::mutex> lock) {
    const auto self = shared_from_this();  // Whoever goes on may be done with it.
    const auto waiting = std::exchange(waiting_, {});
    changed_.notify_all();
    lock.unlock();
    if (waiting) waiting.resume();
}

std::optional<Error> Subscription::State::wait_until_confirmed() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, engine_.options().patience, [this] { return ready_ || end_; });
    if (ready_) return {};
    if (end_) return end_;
    return Error{.text = "TIMEOUT no node has confirmed the subscription"};
}

bool Subscription::State::has_something() {
    const std::lock_guard lock(mutex_);
    return !queue_.empty() || end_;
}

bool Subscription::State::has_ended() {
    const std::lock_guard lock(mutex_);
    return end_.has_value();
}

bool Subscription::State::suspend(std::coroutine_handle<> waiting) {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty() || end_) return false;
    waiting_ = waiting;
    return true;
}

Result<Message> Subscription::State::take() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return end_ ? *end_ : Error{.text = "TIMEOUT no message in time"};
    Message message = std::move(queue_.front());
    queue_.pop_front();
    return message;
}

Result<Message> Subscription::State::wait(Instant until) {
    {
        std::unique_lock lock(mutex_);
        const auto something = [this] { return !queue_.empty() || end_; };
        if (until == Instant::max()) {
            changed_.wait(lock, something);
        } else {
            changed_.wait_until(lock, until, something);
        }
    }
    return take();
}

std::uint64_t Subscription::State::dropped() {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace grapevine::client
