// Asks one node for the map of the cluster.
#pragma once

#include "client/engine/engine.h"

namespace grapevine::client {

class Engine::Question final : public Operation {
public:
    Question(Engine& engine, route::NodeIndex node)
        : Operation(Request("CLUSTER SLOTS", 0, Trait::reads)), engine_(engine), node_(node) {}

    void succeeded(const Reply& reply) override { engine_.learned(reply, node_); }
    void failed(Error&& error) override { engine_.not_learned(error.text); }

private:
    Engine& engine_;
    route::NodeIndex node_;
};

}  // namespace grapevine::client
