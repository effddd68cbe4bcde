#include "gossip/saving.h"

#include <algorithm>
#include <utility>

#include "gossip/speech.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"
#include "slots/check.h"

namespace grapevine::gossip {
namespace {

SavedMember saved_of(const Core& core, const Member& member) {
    return {member.id,           member.shard,  member.endpoint,
            member.hostname,     member.role,   member.primary,
            member.config_epoch, member.failed, core.members.slots_of(member)};
}

Member restored(const SavedMember& saved) {
    Member member;
    member.id = saved.id;
    member.shard = saved.shard;
    member.endpoint = saved.endpoint;
    member.hostname = saved.hostname;
    member.role = saved.role;
    member.primary = saved.primary;
    member.config_epoch = saved.config_epoch;
    member.failed = saved.failed;
    return member;
}

// What may wait for a disk that hangs. More waits for the newest generation as one.
constexpr std::size_t most_pending = 64;

void await(Core& core, const Pending& pending) {
    if (core.pending.size() < most_pending) return core.pending.push_back(pending);
    const bool tell_everyone = pending.tell_everyone || core.pending.back().tell_everyone;
    core.pending.back() = pending;
    core.pending.back().tell_everyone = tell_everyone;
}

// Nobody knows how long the node was away: all count from now.
void restore_votes(Core& core, const State& state) {
    for (const auto& [primary, vote] : state.votes) {
        core.votes_against[primary] = {.at = core.now,
                                       .epoch = vote.epoch,
                                       .candidate = vote.candidate,
                                       .original = vote.original,
                                       .restored = true};
    }
}

void restore_heirs(Core& core, const State& state) {
    for (const NodeId& id : state.heirs) {
        Member* heir = core.members.find(id);
        if (heir != nullptr) heir->voice_from = core.now + core.timing().vote_life();
    }
}

// What the displaced ones were promised is forgotten.
void restore_displaced(Core& core, const State& state) {
    for (const auto& [by, owner] : state.displaced) {
        Member* member = core.members.find(by);
        if (member == nullptr) continue;
        displace(core, *member, owner);
        member->waits_until = core.now + core.timing().hold_off(long_lease(core));
    }
}

// Who has heard our claim says so anew.
void restore_seat(Core& core, const State& state) {
    if (state.replaced.none() || core.self().role != Role::primary) return;
    core.heir_since = core.now;
    core.replaced = state.replaced;
    core.was_heir = state.was_heir;
    core.seated = false;
}

void restore_slots(Core& core, const SavedMember& saved) {
    Member* member = core.members.find(saved.id);
    saved.slots.for_each([&](slots::Slot slot) { core.members.assign(slot, *member); });
}

}  // namespace

State state_of(const Core& core) {
    State state;
    state.self = core.self().id;
    state.current_epoch = core.current_epoch;
    state.last_vote_epoch = core.last_vote_epoch;
    core.members.for_each([&](const Member& member) {
        if (!member.handshake) state.members.push_back(saved_of(core, member));
    });
    state.migrating_to = core.migrating_to;
    state.importing_from = core.importing_from;
    state.graves = core.graves;
    state.kin = core.kin;
    core.members.for_each([&](const Member& member) {
        if (member.voice_from && core.now < *member.voice_from) state.heirs.insert(member.id);
        if (has_displaced(core, member)) state.displaced[member.id] = member.displaced;
    });
    if (!core.seated) state.replaced = core.replaced;
    state.was_heir = !core.seated && core.was_heir;
    for (const auto& [primary, vote] : core.votes_against) {
        state.votes[primary] = {vote.epoch, vote.candidate, vote.original};
    }
    return state;
}

Member restored_self(const State& state, const Settings& settings) {
    const auto found = std::find_if(state.members.begin(), state.members.end(),
                                    [&](const SavedMember& m) { return m.id == state.self; });
    GRAPEVINE_CHECK(found != state.members.end(), "a saved state holds the node itself");
    Member self = restored(*found);
    if (!settings.announce.host.empty()) self.endpoint.host = settings.announce.host;
    self.endpoint.port = settings.announce.port;
    self.endpoint.bus_port = settings.announce.bus_port;
    self.hostname = settings.hostname;
    self.no_failover = settings.replica_no_failover;
    self.grapevine = true;
    self.failed = false;
    return self;
}

void restore_members(Core& core, const State& state) {
    for (const SavedMember& saved : state.members) {
        if (saved.id == state.self) continue;
        Member& member = core.members.add(restored(saved));
        member.joined_at = member.heard_at = member.failed_at = core.now;
        member.knew_us = true;
    }
    for (const SavedMember& saved : state.members) {
        restore_slots(core, saved);
        if (Member* primary = core.members.find(saved.primary)) primary->had_replicas = true;
    }
    core.voters = core.members.voters();  // Leases are as long as there are many.
    restore_heirs(core, state);
    restore_displaced(core, state);
    restore_seat(core, state);
    restore_votes(core, state);
}

void save_changes(Core& core) {
    if (!core.unsaved) return;
    core.effects.save = Save{core.latest(), to_text(state_of(core))};
    await(core, {core.latest(), claim_of(core), core.tell_everyone});
    core.issued = core.latest();
    core.unsaved = core.tell_everyone = false;
}

}  // namespace grapevine::gossip
