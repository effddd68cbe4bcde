#include <algorithm>
#include <array>
#include <grapevine/cluster.h>
#include <grapevine/transaction.h>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

// Codes of errors that are about the place or the moment.
constexpr std::array passing = {"ABORTED", "MOVED",      "ASK",      "TRYAGAIN", "CLUSTERDOWN",
                                "LOADING", "MASTERDOWN", "READONLY", "LOST"};
constexpr Duration shortest = std::chrono::milliseconds(1);

}  // namespace

class Watching::Own final : public Conversation {
public:
    // What only looks has done nothing, even if its answer was lost; WATCH is such.
    void failed(const Request& request, const Error& error) override {
        if (failure) return;
        failure = error;
        const bool looked = !began || request.facts().reads();
        if (looked && error.effect == Effect::unknown) failure->effect = Effect::refused;
    }

    bool executed = false;  // It was tried. What the connection is in is then known if it was done.
    std::optional<Error> failure;
};

namespace {

// UNWATCH that nobody waits for. Keeps what it belongs to.
template <typename Talk>
class Farewell final : public Operation, public Pooled {
public:
    Farewell(Engine& engine, std::shared_ptr<Talk> talk)
        : Operation(Request("UNWATCH", 0, Trait::repeatable)),
          engine_(engine),
          talk_(std::move(talk)) {
        request.facts().talk = talk_.get();
        request.facts().ends_talk = true;
    }
    void succeeded(const Reply&) override { delete this; }
    void failed(Error&&) override {
        engine_.end(*talk_, false);
        delete this;
    }

private:
    Engine& engine_;
    std::shared_ptr<Talk> talk_;
};

// On the engine's thread.
template <typename Talk>
void leave(Engine& engine, std::shared_ptr<Talk> talk) {
    const bool well = talk->link != nullptr && talk->link->open() && talk->link->idle();
    if (!well || talk->executed) return engine.end(*talk, false);
    engine.start(*new Farewell<Talk>(engine, std::move(talk)));
}

}  // namespace

Watching::Watching(const Cluster& cluster, std::string_view key)
    : Transaction(cluster), watch_("WATCH", 1, Trait::repeatable), own_(std::make_shared<Own>()) {
    watch_.key(key);
}

Watching::Watching(Watching&&) noexcept = default;

Watching::~Watching() {
    if (!own_) return;
    engine_->run_there(
        [engine = engine_, own = std::move(own_)]() mutable { leave(*engine, std::move(own)); });
}

Call<void> Watching::start() {
    return step<void>(std::move(watch_));
}

Call<Replies> Watching::run() && {
    own_->executed = true;
    auto call = std::move(static_cast<Transaction&>(*this)).run();
    Request whole = std::move(call).take_request();
    whole.facts().ends_talk = true;
    return step<Replies>(std::move(whole));
}

Call<void> Watching::abandon() {
    Request unwatch("UNWATCH", 0, Trait::repeatable);
    unwatch.facts().ends_talk = true;
    return step<void>(std::move(unwatch));
}

const std::optional<Error>& Watching::failure() const {
    return own_->failure;
}

bool Watching::passes(const Error& error) {
    const bool done_nothing = error.effect == Effect::refused || error.effect == Effect::not_sent;
    return done_nothing && std::find(passing.begin(), passing.end(), error.code()) != passing.end();
}

void Watching::note(const Error& error) {
    if (!own_->failure) own_->failure = error;
}

void Watching::bind(Request& request) const {
    request.facts().talk = own_.get();
}

Duration Watching::left() const {
    if (deadline_ == Instant{}) return {};
    return std::max(deadline_ - std::chrono::steady_clock::now(), shortest);
}

Result<Watched> Watched::start(const Cluster& cluster, std::string_view key) {
    Watched watched(cluster, key);
    if (auto begun = watched.start(); !begun) return std::move(begun).error();
    return watched;
}

Result<Replies> Watched::run() && {
    return std::move(static_cast<Watching&>(*this)).run().wait();
}

}  // namespace grapevine::client
