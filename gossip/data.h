// What this node has of its shard's data: what it says about it, and that nobody wipes the fuller
// one. Elections go by offsets, and offsets of different histories say nothing about each other.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Bytes of its shard's stream that this node has. 0: nothing that the shard could go on with: a
// replica that has never been in step with a primary of its shard in this life, or whose data is
// being replaced. It does not stand for election. Who had data of the shard before it followed its
// primary counts as in step once that one turned out to have lost what was confirmed before.
std::uint64_t data_offset(const Core& core);

// Follow: where our primary is.
void announce_primary(Core& core, const Member& primary);
void note_replication(Core& core, const Replication& replication);
// Why a primary is followed: the map says so; or this node goes to a shard that it can be spared
// for; or an operator says so, who may know that the primary has lost data.
enum class By : std::uint8_t { claim, choice, order };
// `primary` is followed from now on: unless it is of the same shard, what is here is not its.
void note_primary(Core& core, Member& primary, By by);

// A primary, or a candidate for the epoch, has told its offset.
void note_reign(const Core& core, Member& member, std::uint64_t epoch, std::uint64_t offset);
// Our primary has told its offset in an answer. In one reign it only grows: when it is less than it
// was when we asked, and less than we have, the primary has come back without its data. KeepData
// follows, and this replica stands for election although its primary is alive.
void note_answered_offset(Core& core, Member& sender, const Header& header, Instant asked_at);
// True: this replica has to replace a primary that lives, as it has come back with less.
bool saves_data(const Core& core);
// On a primary that was restarted: a replica of its own has more than it has itself.
bool has_fuller_replica(const Core& core);

}  // namespace grapevine::gossip
