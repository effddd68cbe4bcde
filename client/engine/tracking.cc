// What the engine does for the cache: has servers tell of changes, and makes sure that they could.
#include "client/engine/engine.h"

namespace grapevine::client {

// CLIENT TRACKING ON, the first request on a connection. A server that does not know it, or does
// not let us, is asked for everything; deletes itself at its end.
class Engine::Tracking final : public Operation {
public:
    Tracking(Engine& engine, route::NodeIndex node)
        : Operation(request_of()), engine_(engine), node_(node) {
        trip.pinned = true;
        trip.node = trip.last_node = node;
        trip.started = engine.loop_.now();
    }
    void succeeded(const Reply&) override {
        engine_.caching_->track(node_);
        delete this;
    }
    void failed(Error&& error) override {
        engine_.log("no cache of what this node answers node=" + engine_.router_.name_of(node_) +
                    " reason=" + error.text);
        delete this;
    }

private:
    static Request request_of() {
        Request request("CLIENT TRACKING", 1, Trait::reads);
        request.add("ON");
        return request;
    }
    Engine& engine_;
    route::NodeIndex node_;
};

// Asks for a key that the node answered about. One that is cut off, stands still, or is no primary
// any more cannot tell of changes: its silence means nothing then.
class Engine::Lookout final : public Operation {
public:
    Lookout(Engine& engine, route::NodeIndex node, const std::string& key)
        : Operation(request_of(key)), engine_(engine), node_(node) {
        trip.pinned = true;
        trip.node = node;
        patience = engine.options_.silence;
    }
    void succeeded(const Reply&) override { end(); }
    void failed(Error&& error) override {
        const bool moves = error.code() == "ASK" || error.code() == "TRYAGAIN";
        cache::Guards& guards = engine_.caching_->guards();
        moves ? guards.drop_slot(request.facts().slot) : guards.drop(node_);
        end();
    }

private:
    static Request request_of(const std::string& key) {
        Request request("EXISTS", 1, Trait::reads);
        request.key(key);
        request.facts().from = ReadFrom::primary;
        return request;
    }
    void end() {
        engine_.caching_->node_of(node_).asked = false;
        delete this;
    }
    Engine& engine_;
    route::NodeIndex node_;
};

bool Engine::is_tracked(const Link& link) const {
    return caching_ && !link.use.own && !link.reading();
}

void Engine::track(Link& link) {
    link.send(*new Tracking(*this, link.node()));
}

void Engine::keep(const Link& link, Operation& operation, const Reply& reply) {
    compare_guard(operation.request.facts().slot);
    if (operation.marker == 0) return;
    const bool vouched = is_tracked(link) && !operation.trip.asking;
    caching_->answered(operation, reply, link.node(), vouched);
    operation.marker = 0;
}

// A redirection, or an answer from another node than before, may have changed the map.
void Engine::compare_guard(std::uint16_t slot) {
    if (slot == any_slot) return;
    const std::uint16_t guard = caching_->guards().guard_of(slot);
    if (guard != cache::Guards::nobody && guard != router_.map().primary_of(slot)) compare_guards();
}

void Engine::compare_guards() {
    caching_->guards().compare(
        [this](std::uint16_t slot) { return router_.map().primary_of(slot); });
}

// So often that a node that is silent has been asked, and its answer missed, within 1.5 times the
// silence that is allowed.
void Engine::look_out(Instant now) {
    if (closing_ || !caching_->guards().any() || now < next_lookout_) return;
    next_lookout_ = now + Duration(options_.silence) / 2;
    router_.watch_map();
    for (route::NodeIndex node = 0; node < caching_->nodes(); ++node) {
        Caching::Node& guard = caching_->node_of(node);
        if (guard.asked || !caching_->guards().guards(node)) continue;
        guard.asked = true;
        accept(*new Lookout(*this, node, guard.key));
    }
}

}  // namespace grapevine::client
