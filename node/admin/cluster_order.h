// Reads the CLUSTER subcommands that change something. Pure: what an order means is gossip's
// affair.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "gossip/order.h"
#include "slots/result.h"

namespace grapevine::node::admin {

// args[0] is "CLUSTER" and args[1] the subcommand, in any case; at least as many arguments as its
// row asks for. Errors are worded as Redis 7.0 words them. Orders that depend on this node's keys
// come back with has_keys = false: see with_keys().
Result<gossip::Order> parse_order(std::span<const std::string_view> args);

// The order, told how many keys this node holds: in the slot that it names, or else altogether.
gossip::Order with_keys(gossip::Order order, std::size_t keys);

// Whose keys matter to an order.
enum class KeysOf : std::uint8_t { nobody, slot, node };
KeysOf keys_asked_by(const gossip::Order& order);

struct SlotAndCount {
    slots::Slot slot;
    std::size_t count = 0;
};
// COUNTKEYSINSLOT slot
Result<slots::Slot> parse_counted_slot(std::span<const std::string_view> args);
// GETKEYSINSLOT slot count
Result<SlotAndCount> parse_listed_slot(std::span<const std::string_view> args);

// REPLICAS, COUNT-FAILURE-REPORTS, ...: "ERR Unknown node x" for what no node can be called.
Result<slots::NodeId> parse_node(std::string_view text);

}  // namespace grapevine::node::admin
