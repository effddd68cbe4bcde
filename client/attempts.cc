#include <grapevine/cluster.h>
#include <grapevine/transaction.h>

#include "client/engine/engine.h"
#include "client/route/backoff.h"

namespace grapevine::client {
namespace {

std::uint16_t slot_of(std::string_view key) {
    Request request;
    request.belongs_with(key);
    return request.facts().slot;
}

Duration patience_of(const Engine& engine, const Tries& tries) {
    return tries.patience == Duration{} ? Duration(engine.options().patience) : tries.patience;
}

std::uint32_t any_number(const void* self, Instant now) {
    const auto ticks = static_cast<std::uint64_t>(now.time_since_epoch().count());
    return static_cast<std::uint32_t>((ticks ^ reinterpret_cast<std::uintptr_t>(self)) *
                                      2654435761u);
}

std::string in_attempts(unsigned number) {
    return std::to_string(number) + (number == 1 ? " attempt" : " attempts");
}

}  // namespace

Attempts::Attempts(const Cluster& cluster, std::string_view key, Tries tries)
    : cluster_(&cluster),
      key_(key),
      slot_(slot_of(key)),
      begun_(std::chrono::steady_clock::now()),
      deadline_(begun_ + patience_of(cluster.engine(), tries)),
      most_(tries.attempts),
      chance_(any_number(this, begun_)) {}

void Attempts::begin(Watching& attempt) {
    attempt.deadline_ = deadline_;
    ++made_;
    chance_ = chance_ * 1664525u + 1013904223u;
}

std::optional<Error> Attempts::enough(Error error) {
    const bool passes = Watching::passes(error);
    if (passes) obstacle_ = error.text;
    if (passes && made_ == most_)
        return given_up(error, obstacle_ + "; given up after " + in_attempts(made_));
    const bool late = error.code() == "TIMEOUT" && error.effect != Effect::unknown;
    const bool goes_on = passes && std::chrono::steady_clock::now() + pause_length() < deadline_;
    if (goes_on) return {};
    if (!passes && !late) return given_up(error, error.text);
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - begun_);
    std::string text = "TIMEOUT the transaction was not done within " +
                       std::to_string(whole.count()) + " ms, in " + in_attempts(made_) +
                       "; the last obstacle: " + (obstacle_.empty() ? error.text : obstacle_);
    return given_up(error, std::move(text));
}

Call<void> Attempts::pause() const {
    Call<void> nothing(cluster_->engine(), Request());
    return std::move(nothing).within(pause_length());
}

Duration Attempts::pause_length() const {
    return made_ == 1 ? Duration{} : route::Backoff{}.after(made_ - 1, chance_ >> 16);
}

Error Attempts::given_up(Error error, std::string text) const {
    error.text = std::move(text);
    error.slot = slot_;
    error.attempts = made_;
    error.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun_);
    if (error.effect == Effect::not_sent && made_ > 1) error.effect = Effect::refused;
    return error;
}

}  // namespace grapevine::client
