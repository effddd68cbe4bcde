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

}  // namespace

class Watched::Own final : public Conversation {};

Result<Watched> Watched::start(const Cluster& cluster, std::string_view key) {
    Watched watched(cluster.engine(), std::make_shared<Own>());
    Request watch("WATCH", 1, Trait::repeatable);
    watch.key(key);
    const auto done = Call<void>(cluster.engine(), watched.bound(std::move(watch))).wait();
    if (!done) return done.error();
    return watched;
}

Watched::Watched(Engine& engine, std::shared_ptr<Own> own)
    : Transaction(engine), own_(std::move(own)) {}
Watched::Watched(Watched&&) noexcept = default;

// Something is still watched unless EXEC came through.
Watched::~Watched() {
    if (!own_) return;
    engine_->run_there([engine = engine_, own = std::move(own_)] { engine->end(*own, false); });
}

Request&& Watched::bound(Request&& request) {
    request.facts().talk = own_.get();
    return std::move(request);
}

void Watched::failed(const Error& error) {
    if (!failure_) failure_ = error;
}

Result<Replies> Watched::run() && {
    auto call = std::move(static_cast<Transaction&>(*this)).run();
    auto replies = Call<Replies>(*engine_, bound(std::move(call).take_request())).wait();
    const bool settled = replies || replies.error().code() == "ABORTED";
    if (settled)
        engine_->run_there([engine = engine_, own = std::move(own_)] { engine->end(*own, true); });
    return replies;
}

bool Watched::passes(const Error& error) {
    const bool done_nothing = error.effect == Effect::refused || error.effect == Effect::not_sent;
    return done_nothing && std::find(passing.begin(), passing.end(), error.code()) != passing.end();
}

}  // namespace grapevine::client
