// What an operator may tell the cluster to do: the CLUSTER subcommands that change something.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "gossip/message.h"
#include "slots/slot.h"

namespace grapevine::gossip {

struct Meet {
    std::string host;  // An IP address.
    std::uint16_t port = 0;
    std::uint16_t bus_port = 0;
    bool by_seed = false;  // No operator's word: see handshake.h.
};
struct Forget {
    NodeId id;
};
struct Replicate {
    NodeId id;
    bool has_keys = false;  // This node's own data set is not empty.
};
struct Reset {
    bool hard = false;
    bool has_keys = false;
};
struct AddSlots {
    SlotSet slots;
};
struct DelSlots {
    SlotSet slots;
};
struct FlushSlots {
    bool has_keys = false;
};
struct SetConfigEpoch {
    std::int64_t epoch = 0;
};
struct BumpEpoch {};
struct Failover {
    enum class Mode : std::uint8_t {
        agreed,    // The primary pauses; nothing is lost.
        forced,    // The primary is not asked; the voters are.
        takeover,  // Nobody is asked.
    } mode = Mode::agreed;
};
struct SetSlot {
    enum class Change : std::uint8_t { importing, migrating, node, stable } change = Change::stable;
    slots::Slot slot;
    NodeId node;            // Ignored for stable.
    bool has_keys = false;  // This node holds keys of the slot.
};
struct SaveConfig {};

using Order = std::variant<Meet, Forget, Replicate, Reset, AddSlots, DelSlots, FlushSlots,
                           SetConfigEpoch, BumpEpoch, Failover, SetSlot, SaveConfig>;

}  // namespace grapevine::gossip
