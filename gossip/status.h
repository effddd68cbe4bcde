// What this node believes, for CLUSTER NODES, INFO, LINKS, SHARDS, COUNT-FAILURE-REPORTS and the
// like.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gossip/effects.h"
#include "gossip/figures.h"
#include "gossip/message.h"
#include "gossip/timing.h"
#include "slots/topology.h"

namespace grapevine::gossip {

using MessageCounts = std::array<std::uint64_t, message_type_count>;

struct MemberStatus {
    NodeId id;
    ShardId shard;
    slots::Endpoint endpoint;
    std::string hostname;
    std::uint16_t flags = 0;  // NodeFlag, flag_myself included.
    NodeId primary;           // None for a primary.
    std::uint64_t config_epoch = 0;
    std::uint64_t replication_offset = 0;
    SlotSet slots;
    std::optional<Instant> ping_sent;      // Of the oldest ping without an answer.
    std::optional<Instant> pong_received;  // None: never.
    bool link_up = false;                  // Ours to it; true for ourselves.
    std::size_t failure_reports = 0;       // Of others, still valid.
    bool grapevine = false;                // Not a Redis.
    Witnesses witnesses{};                 // A primary's: see witnesses.h.
};

struct LinkStatus {
    bool outbound = false;
    NodeId peer;  // None while it is not known who is there.
    Instant since;
    LinkId id;
};

struct OpenSlot {
    slots::Slot slot;
    NodeId peer;
};

struct Status {
    NodeId self;
    Kin kin;  // Which cluster it is of.
    std::uint64_t current_epoch = 0;
    std::uint64_t last_vote_epoch = 0;
    bool serving = false;  // cluster_state:ok
    bool fenced = false;   // May have been replaced: accepts no writes.
    std::size_t size = 0;  // Primaries that own a slot.
    std::size_t slots_assigned = 0;
    std::size_t slots_suspected = 0;  // Of primaries that are suspected.
    std::size_t slots_failed = 0;
    std::vector<MemberStatus> members;  // In the order of ids, this node among them.
    std::vector<LinkStatus> links;      // Established ones, oldest first.
    std::vector<OpenSlot> migrating;
    std::vector<OpenSlot> importing;
    MessageCounts sent{};
    MessageCounts received{};
    Figures figures;
    Duration map_age{0};        // Since clients were last shown another map.
    std::size_t reachable = 0;  // Peers that this node neither suspects nor has failed.
    std::size_t in_step = 0;    // Of these, those whose current epoch is this node's.

    std::size_t slots_ok() const { return slots_assigned - slots_suspected - slots_failed; }
};

}  // namespace grapevine::gossip
