#include <algorithm>

#include "client/engine/engine.h"

namespace grapevine::client {

// Compared with what was told last: redirections change the map before it is fetched.
void Engine::tell_topology() {
    if (!options_.on_topology || told_ == router_.map()) return;
    told_ = router_.map();
    Topology topology;
    for (const route::NodeIndex node : told_.nodes()) {
        const unsigned slots = told_.slots_of(node);
        if (slots == 0) continue;
        Shard shard{.primary = router_.name_of(node), .replicas = {}, .slots = slots};
        for (const route::NodeIndex replica : told_.replicas_of(node))
            shard.replicas.push_back(router_.name_of(replica));
        topology.shards.push_back(std::move(shard));
    }
    options_.on_topology(topology);
}

void Engine::tell_setback(const Operation& operation, bool redirected) {
    if (!options_.on_setback) return;
    const std::string node = router_.name_of(operation.trip.last_node);
    options_.on_setback({.reason = operation.trip.setback,
                         .node = node,
                         .attempts = operation.trip.attempts,
                         .redirected = redirected});
}

}  // namespace grapevine::client
