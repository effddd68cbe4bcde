// Interesting situations: a long run that never meets one of them does not test what it seems to.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace grapevine::sim {

enum class Mark : std::uint8_t {
    peer_failed,
    peer_recovered,
    election_won,
    election_lost,
    vote_refused_epoch,
    vote_refused_spent,
    vote_refused_not_failed,
    vote_refused_out_of_date,
    vote_refused_better_sibling,
    vote_refused_relied_on,
    two_candidates_in_one_epoch,
    epoch_collision,
    fenced_alive,
    slots_lost,
    old_primary_follows,
    manual_failover_won,
    takeover,
    message_refused,
    node_moved,
    resumed,
    shorter_log_replaces,
    two_servers,
    twin_turned_away,
    copy_told,
    drill_held,
    count
};
inline constexpr std::size_t mark_count = static_cast<std::size_t>(Mark::count);
inline constexpr std::array<std::string_view, mark_count> mark_names{
    "a node failed by a majority",
    "a failed node answered again",
    "an election was won",
    "an election was lost",
    "a vote was refused: the epoch is behind",
    "a vote was refused: the vote of this epoch is spent",
    "a vote was refused: the primary has not failed",
    "a vote was refused: the candidate's claim is out of date",
    "a vote was refused: a sibling has more data",
    "a vote was refused: the primary was answered just now",
    "two candidates in one epoch",
    "two primaries in one epoch",
    "a living primary was fenced",
    "a primary lost slots",
    "a deposed primary follows its successor",
    "an ordered failover succeeded",
    "a takeover",
    "a message was refused",
    "a node came back at another address",
    "a stopped process went on",
    "a longer log was replaced by a shorter one",
    "two nodes accepted writes for a slot (where that is not excluded)",
    "another process under a node's name was turned away",
    "a clone was told that it is one",
    "a primary was killed in peace and replaced in time",
};

using MarkCounts = std::array<std::uint64_t, mark_count>;

}  // namespace grapevine::sim
