// What nodes answer about themselves and their cluster, read into plain facts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/resp/value.h"
#include "slots/identity.h"
#include "slots/result.h"
#include "slots/slot_set.h"

namespace grapevine::client::cli {

// The "name:value" lines of INFO and CLUSTER INFO.
using Facts = std::map<std::string, std::string, std::less<>>;

Facts parse_facts(std::string_view text);

// A fact that is a number; 0 when it is missing or none.
std::int64_t number_of(const Facts& facts, std::string_view name);

// Keys of all databases: INFO's "db0:keys=5,expires=0,avg_ttl=0".
std::int64_t keys_of(const Facts& facts);

// One node as CLUSTER SHARDS describes it.
struct ListedNode {
    slots::NodeId id;
    slots::Endpoint endpoint;
    bool is_primary = false;
    bool is_failed = false;  // In the eyes of the node that was asked.
    bool operator==(const ListedNode&) const = default;
};

struct ListedShard {
    slots::SlotSet slots;
    std::vector<ListedNode> nodes;
};

// Reads the reply to CLUSTER SHARDS, RESP2 or RESP3. A node that does not know its own address yet
// is reached as it was `asked`. ERR for anything that no cluster node answers.
Result<std::vector<ListedShard>> parse_shards(const resp::Value& reply,
                                              const slots::Endpoint& asked);

}  // namespace grapevine::client::cli
