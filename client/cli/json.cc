#include "client/cli/json.h"

#include <nlohmann/json.hpp>

namespace grapevine::client::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Node& node) {
    Json json{{"id", node.id.text()}, {"address", to_string(node.endpoint)}};
    if (!node.answers()) {
        json["error"] = node.trouble;
        return json;
    }
    json["keys"] = node.keys;
    json["memory_bytes"] = node.memory;
    json["operations_per_second"] = node.operations;
    return json;
}

Json replica_json(const Shard& shard, const Node& replica) {
    Json json = json_of(replica);
    if (!replica.answers()) return json;
    json["link"] = replica.is_copying ? "copying" : replica.is_cut_off ? "down" : "up";
    if (shard.primary.answers()) json["lag_bytes"] = shard.lag_of(replica);
    return json;
}

Json json_of(const Shard& shard) {
    Json json{{"name", shard.name},
              {"slots", to_string(shard.slots)},
              {"slot_count", shard.slots.size()},
              {"primary", json_of(shard.primary)},
              {"replicas", Json::array()}};
    if (shard.primary.answers()) json["epoch"] = shard.primary.epoch;
    for (const Node& replica : shard.replicas) {
        json["replicas"].push_back(replica_json(shard, replica));
    }
    return json;
}

}  // namespace

Json status_json(const Cluster& cluster, const std::vector<Problem>& problems) {
    Json json{{"verdict", to_string(verdict_on(problems))},
              {"problems", Json::array()},
              {"epoch", cluster.epoch},
              {"nodes", cluster.nodes()},
              {"slots_owned", cluster.slots().size()},
              {"keys", cluster.total(&Node::keys)},
              {"memory_bytes", cluster.total(&Node::memory)},
              {"operations_per_second", cluster.total(&Node::operations)},
              {"shards", Json::array()},
              {"strays", Json::array()}};
    for (const Problem& problem : problems) {
        json["problems"].push_back({{"what", problem.what},
                                    {"remedy", problem.remedy},
                                    {"severity", to_string(problem.severity)}});
    }
    for (const Shard& shard : cluster.shards) json["shards"].push_back(json_of(shard));
    for (const Node& node : cluster.strays) json["strays"].push_back(json_of(node));
    return json;
}

}  // namespace grapevine::client::cli
