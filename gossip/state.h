// What survives a restart: who this node is, what it has promised (epochs, votes) and whom it
// knows.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gossip/message.h"
#include "slots/result.h"
#include "slots/topology.h"

namespace grapevine::gossip {

struct SavedMember {
    NodeId id;
    ShardId shard;
    slots::Endpoint endpoint;
    std::string hostname;
    slots::Role role = slots::Role::primary;
    NodeId primary;  // None for a primary.
    std::uint64_t config_epoch = 0;
    bool failed = false;
    SlotSet slots;
    bool operator==(const SavedMember&) const = default;
};

// A vote for somebody in a primary's place.
struct SavedVote {
    std::uint64_t epoch = 0;
    NodeId candidate;   // None: it is not known for whom, so it counts against everybody.
    NodeId original{};  // Whom the candidate stood against; none: whom the vote is kept for.
    bool operator==(const SavedVote&) const = default;
};

struct State {
    NodeId self;
    std::uint64_t current_epoch = 0;
    std::uint64_t last_vote_epoch = 0;
    std::vector<SavedMember> members;  // In the order of ids, this node among them.
    std::map<slots::Slot, NodeId> migrating_to;
    std::map<slots::Slot, NodeId> importing_from;
    std::map<NodeId, SavedVote> votes{};       // That may still depose somebody; by primary.
    std::map<NodeId, std::uint64_t> graves{};  // See gossip/graves.h.
    Kin kin{};                                 // See gossip/kinship.h; 0: none yet.
    std::set<NodeId> heirs{};  // Voters whose predecessors' votes may still count: see voting.h.
    std::map<NodeId, NodeId>
        displaced{};        // Primaries that have lost all, by who took it: voting.h.
    NodeId replaced{};      // Whose place this primary has taken while its seat does not count yet.
    bool was_heir = false;  // It took an epoch for itself before its seat counted.
    bool operator==(const State&) const = default;

    // A new node that nobody has ever heard of; its name is drawn from `seed`.
    static State fresh(std::uint64_t seed);
};

// Lines of text, the first naming the version, the last a checksum.
std::string to_text(const State& state);

// An error says what is wrong where. A text that was cut or changed is never half loaded.
Result<State> parse_state(std::string_view text);

}  // namespace grapevine::gossip
