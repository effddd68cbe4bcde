// Many voters cannot ask all others many times a second. Beyond Timing::most_pulsing_voters each
// primary names a few of them, its witnesses, in every question that it asks. It and they ask each
// other often, and they give it short leases. All other voters are asked rarely and give long ones,
// on a condition: they may vote against it all the same, but such a vote counts only beside those
// of a majority of the witnesses that they were told.
//
// So a primary writes while it has the leases of a majority of all voters and of a majority of its
// witnesses; and it is replaced by the votes of a majority of all, once a majority of the witnesses
// that these were told has voted without a condition. Two majorities of all voters share one that
// knows the witnesses; two majorities of these share one that cannot have promised and voted at
// once. A primary that names others asks everybody anew, and counts no older answer.
#pragma once

#include <optional>
#include <vector>

#include "gossip/core.h"

namespace grapevine::gossip {

// Called every tick, and when this node has become a primary: counts the voters, names witnesses if
// there are many, and others in place of those that are gone.
void choose_witnesses(Core& core);

// How often voters ask each other that have not named each other.
Duration ask_interval(const Core& core);
// Outlasts two such questions: the longest lease that is given or counted on.
Duration long_lease(const Core& core);
// Both are to ask each other many times a second.
bool are_paired(const Core& core, const Member& member);
// Most of those were heard just now that we need: our witnesses, or the voters where there are few.
bool hears_enough(const Core& core);

// What a question of the member's says. Nothing: it asks all voters alike. Nobody: it has found too
// few, and asks all of them rarely.
void note_witnesses(Member& member, const std::optional<Witnesses>& named);
bool is_witness(const std::optional<Witnesses>& named, const NodeId& id);
std::size_t majority_of(const Witnesses& witnesses);
// What we answer the member holds for its other witnesses only.
bool promises_on_condition(const Core& core, const Member& member);
// False: it has named too many others lately, and must be promised without a condition.
bool promise_on_condition(const Core& core, Member& member, Instant until);
// The witnesses of all such promises that still hold.
std::vector<Witnesses> conditions(const Core& core, const Member& member);

// Votes for us that count.
std::size_t votes_that_count(const Election& election);
// A majority of the witnesses that the member has named accuses it.
bool do_witnesses_accuse(const Core& core, const Member& member);

}  // namespace grapevine::gossip
