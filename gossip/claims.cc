#include "gossip/claims.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "gossip/data.h"
#include "gossip/fence.h"
#include "gossip/heartbeat.h"
#include "gossip/manual_failover.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"
#include "slots/check.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;

bool claims_primary(const Header& header) {
    return header.primary.none();
}

void note_claim(Core& core, Member& member) {
    core.must_save();
    member.claimed = core.latest();
}

void become_primary(Core& core, Member& member) {
    if (member.role == Role::primary) return;
    inherit_vote(core, member);
    core.members.set_role(member, Role::primary);
    member.primary = NodeId{};
    member.had_replicas = true;  // Its shard did.
    member.promoted_at = core.now;
    note_claim(core, member);
}

// Two links run side by side: this was said before something that has already been heard. A primary
// gives way to another of its shard in a later epoch only. No message is on its way for longer than
// the node timeout: then it is believed, except where the two follow each other (note_abdication).
bool is_overtaken(const Core& core, const Member& sender, const Header& header) {
    if (header.current_epoch < sender.config_epoch) return true;
    const Member* primary = core.members.find(header.primary);
    if (primary == nullptr || header.config_epoch >= sender.config_epoch) return false;
    const bool claims_slots = !core.members.claimed_by(sender).empty();
    const bool may_be_late = core.now - sender.promoted_at < core.timing().node_timeout;
    const bool circle = primary == &core.self() && core.self().primary == sender.id;
    return primary->shard == sender.shard && claims_slots && (may_be_late || circle);
}

// A primary that says it follows its own former replica has been replaced by it, or by whom it had
// replaced: that one's claim is on its way, and the slots must not be without an owner until it
// comes.
void pass_to_heir(Core& core, Member& sender, const Header& header) {
    Member* heir = core.members.find(header.primary);
    if (heir == nullptr || heir == &core.self()) return;
    const bool is_back = heir->role == Role::primary && heir->shard == sender.shard &&
                         core.members.owns_slots(sender);
    const bool is_heir = heir->primary == sender.id || is_back;
    if (!is_heir || header.config_epoch <= sender.config_epoch) return;
    become_primary(core, *heir);
    heir->config_epoch = std::max(heir->config_epoch, header.config_epoch);
    core.current_epoch = std::max(core.current_epoch, heir->config_epoch);
    note_claim(core, *heir);
    const SlotSet slots = core.members.slots_of(sender);
    slots.for_each([&](slots::Slot slot) { core.members.assign(slot, *heir); });
    inherit_seat(core, *heir, sender);
}

// Who had displaced the sender votes in its place from now on.
void pass_to_usurper(Core& core, Member& sender, const NodeId& primary) {
    sender.displaced = {};
    sender.usurped = false;
    core.members.for_each_peer([&](Member& member) {
        if (member.displaced != sender.id) return;
        member.displaced = {};
        if (member.id == primary) inherit_seat(core, member, sender);
    });
}

// The sender stays a primary, knows the epochs of those that had displaced it, and claims nothing
// of what they have: each has a seat of its own.
void leave_to_usurpers(Core& core, Member& sender, const Header& header) {
    if (!std::exchange(sender.usurped, false)) return;
    core.members.for_each_peer([&](Member& member) {
        if (member.displaced != sender.id) return;
        const bool knows = header.current_epoch >= member.config_epoch;
        if (!knows || !(header.slots & core.members.slots_of(member)).empty()) {
            sender.usurped = true;
            return;
        }
        member.displaced = {};
        inherit_seat(core, member, sender);
        core.must_save();
    });
}

void become_replica(Core& core, Member& member, const Header& header) {
    const NodeId primary = header.primary;
    if (member.role == Role::replica && member.primary == primary) return;
    if (member.role == Role::primary) {
        pass_to_heir(core, member, header);
        pass_to_usurper(core, member, primary);
        core.members.release_all(member);
    }
    core.members.set_role(member, Role::replica);
    member.primary = core.members.find(primary) == nullptr ? NodeId{} : primary;
    if (Member* known = core.members.find(primary)) {
        member.shard = known->shard;
        known->had_replicas = true;
    }
    core.must_save();
}

// Nobody elected whoever has taken an epoch for itself (BUMPEPOCH, TAKEOVER), and another may have
// been elected in the same. Of two owners of the same slots the one with less yields.
bool yields(const Core& core, const Header& header) {
    const SlotSet& own = core.members.slots_of(core.self());
    const bool wants_all = !own.empty() && (own - header.slots).empty();
    return wants_all && header.offset > data_offset(core);
}

// Who is fenced, or holds its writes for a replica, may have a successor without knowing.
bool may_have_successor(const Core& core) {
    return must_fence(core) || core.manual.active;
}

// Takes the epoch after the greatest, elected by nobody. Who may have a successor counts its seat
// as that one does: it is the heir of whoever that is (see has_seat).
void step_up(Core& core, std::uint64_t greatest, bool may_have_successor) {
    Member& self = core.self();
    self.config_epoch = core.current_epoch = greatest + 1;
    core.must_tell();
    if (!may_have_successor) return;
    core.was_heir = !has_seat(core) && (core.was_heir || core.replaced != self.id);
    core.heir_since = core.now;
    core.replaced = self.id;
    core.seated = false;
    core.claim_needs = core.latest();
    forget_recognition(core);
}

// Both were told to be primary in the same epoch: the smaller name steps up (cluster
// specification).
void resolve_collision(Core& core, Member& sender, const Header& header) {
    const Member& self = core.self();
    if (GRAPEVINE_MUTANT(collision_ignored)) return;
    const bool collides = claims_primary(header) && self.role == Role::primary &&
                          header.config_epoch == self.config_epoch && self.id < sender.id;
    if (!collides) return;
    if (yields(core, header)) {
        follow(core, sender);
        return claim_slots(core, sender, header.config_epoch, header.slots);
    }
    step_up(core, greatest_epoch(core), may_have_successor(core));
    core.happened(Kind::epoch_collision, sender.id, "took a new epoch", core.current_epoch);
}

// Chains of replicas are not: our primary has become a replica of another.
void climb(Core& core) {
    Member& self = core.self();
    if (self.role != Role::replica) return;
    const Member* primary = core.members.find(self.primary);
    if (primary == nullptr || primary->role == Role::primary) return;
    Member* above = core.members.find(primary->primary);
    if (above != nullptr && above != &self && above->role == Role::primary) follow(core, *above);
}

// Who became a primary later was elected, in the epoch that the other took for itself meanwhile;
// this node has heard of that one first.
void note_equal_heir(Core& core, Member& member, const Member& heir) {
    if (member.displaced == heir.id) return;
    displace(core, member, heir.id);
    core.must_save();
}

// What is being imported stays so whoever else has it: only an order ends that.
void import_from_heir(Core& core, slots::Slot slot, const Member& heir) {
    const auto import = core.importing_from.find(slot);
    if (import != core.importing_from.end()) import->second = heir.id;
}

struct Rebinding {
    SlotSet from_me;             // Slots that this node owned.
    std::size_t from_shard = 0;  // How many our shard's primary, perhaps this node, owned.
};

Rebinding rebind(Core& core, Member& owner, std::uint64_t epoch, const SlotSet& slots) {
    const Member* shard_primary = core.members.primary_of(core.self());
    const SlotSet& had = core.members.slots_of(owner);
    Rebinding change;
    if (slots == had && core.members.unclaimed().empty()) return change;
    bool changed = false;
    const bool voted = core.members.votes(owner);
    core.members.note_claimed(owner, slots);
    std::set<const Member*> replaced;
    (slots - had).for_each([&](slots::Slot slot) {
        Member* old = core.members.owner(slot);
        const bool free = old == nullptr || core.members.unclaimed().contains(slot);
        const bool equal = old != nullptr && old->config_epoch == epoch;
        const bool weak = !free && old->config_epoch >= epoch;
        const bool spared = GRAPEVINE_MUTANT(claim_without_epoch) ||
                            (equal && GRAPEVINE_MUTANT(claim_with_equal_epoch));
        const bool of_shard = old != nullptr && owner.shard == old->shard;
        if (equal && !free && of_shard && owner.promoted_at > old->promoted_at) {
            note_equal_heir(core, *old, owner);
        }
        if (weak && !spared) return;
        if (old == &core.self()) change.from_me.insert(slot);
        if (old != nullptr && old == shard_primary) ++change.from_shard;
        core.members.assign(slot, owner);
        const bool emptied = old != nullptr && !core.members.votes(*old);
        if (emptied && !voted) inherit_seat(core, owner, *old);
        if (emptied && of_shard) replaced.insert(old);
        core.migrating_to.erase(slot);
        if (of_shard) import_from_heir(core, slot, owner);
        changed = true;
    });
    // What they had given up before is nobody's.
    for (const Member* last : replaced) core.members.release_all(*last);
    if (changed) note_claim(core, owner);
    return change;
}

// The owner says which slots it has: those that it has stopped claiming may go to anybody.
void note_unclaimed(Core& core, Member& owner, const SlotSet& claimed) {
    const SlotSet& owned = core.members.slots_of(owner);
    if (!(claimed == owned)) core.members.note_unclaimed(owner, owned - claimed);
}

// What others have is theirs: the voter may not have heard that.
SlotSet left_to(const Core& core, const Member& owner, SlotSet slots) {
    core.members.for_each_owner([&](const Member& member) {
        if (&member == &owner || !member.reachable()) return;
        slots -= core.members.claimed_by(member);
    });
    return slots;
}

// Voters refuse us while we do not know what our primary was given last, and say that: nothing new
// otherwise, when its epoch has not changed by it. Nor is that one of its slots has another owner
// in an epoch that we knew: no candidate would be voted for that does not believe it.
SlotSet told_to_replica(const Core& core, const Member& owner, const SlotSet& slots) {
    const Member* primary = core.members.find(core.self().primary);
    if (primary == nullptr) return {};
    const SlotSet claimed = core.members.claimed_by(*primary);
    if (primary != &owner) return slots & claimed;
    return core.election.asked ? left_to(core, owner, slots - claimed) : SlotSet{};
}

// Whom we have replaced takes an epoch by itself, and claims what it had: without what we were
// given since, which is nowhere else. So this node cannot become its replica, as it would if it had
// nothing more, and the data would be compared. Not again and again, if the other one does so too.
bool must_take_back(const Core& core, const Member& owner, std::uint64_t epoch,
                    const SlotSet& slots) {
    const Member& self = core.self();
    const SlotSet& own = core.members.slots_of(self);
    if (self.role != Role::primary || epoch <= self.config_epoch) return false;
    if (!usurps(owner, self, own, slots) || (own - slots).empty()) return false;
    const bool is_our_heir = owner.promoted_at >= core.heir_since.value_or(core.born);
    const bool lately =
        core.took_back_at && core.now - *core.took_back_at < 2 * core.timing().node_timeout;
    return !is_our_heir && !lately;
}

void take_back(Core& core, const Member& owner, std::uint64_t epoch) {
    core.took_back_at = core.now;
    step_up(core, std::max(greatest_epoch(core), epoch), true);
    core.happened(Kind::epoch_collision, owner.id, "it was replaced and took a new epoch",
                  core.current_epoch);
}

void lose(Core& core, const SlotSet& slots, const Member& owner) {
    core.happened(Kind::slots_lost, owner.id, to_string(slots), owner.config_epoch);
    core.effects.announce.push_back(SlotsLost{slots, owner.id});
}

Update update_about(const Core& core, const Member& owner) {
    return {owner.id, owner.config_epoch, core.members.slots_of(owner)};
}

}  // namespace

void learn_epochs(Core& core, Member& sender, const Header& header) {
    if (header.current_epoch > core.current_epoch) {
        core.current_epoch = header.current_epoch;
        core.must_save();
    }
    if (!claims_primary(header) || header.config_epoch <= sender.config_epoch) return;
    sender.config_epoch = header.config_epoch;
    core.current_epoch = std::max(core.current_epoch, header.config_epoch);
    note_claim(core, sender);
}

void expect_claim(Core& core, Member& sender, const Header& header) {
    if (!claims_primary(header) || is_overtaken(core, sender, header)) return;
    if (sender.role == Role::replica) inherit_vote(core, sender);
    note_comeback(core, sender, header.config_epoch, header.slots);
}

void hear_claim(Core& core, Member& sender, const Header& header) {
    if (is_overtaken(core, sender, header)) return;
    if (claims_primary(header)) {
        become_primary(core, sender);
        claim_slots(core, sender, header.config_epoch, header.slots);
        note_unclaimed(core, sender, header.slots);
        leave_to_usurpers(core, sender, header);
    } else {
        become_replica(core, sender, header);
    }
    correct(core, sender, header.config_epoch, header.slots);
    resolve_collision(core, sender, header);
    climb(core);
}

void hear_update(Core& core, const Member& sender, const Update& update) {
    Member* owner = core.members.find(update.owner);
    if (owner == nullptr || owner == &core.self() || GRAPEVINE_MUTANT(update_ignored)) return;
    // An owner that speaks for itself has told its epoch in the header already.
    const bool equal = owner->config_epoch == update.config_epoch && owner != &sender;
    if (equal) {
        const SlotSet news = told_to_replica(core, *owner, update.slots);
        if (!news.empty()) return claim_slots(core, *owner, update.config_epoch, news);
    }
    const bool old = owner->config_epoch > update.config_epoch || equal;
    if (old && !GRAPEVINE_MUTANT(update_backwards)) return;
    note_comeback(core, *owner, update.config_epoch, update.slots);
    become_primary(core, *owner);
    owner->config_epoch = update.config_epoch;
    core.current_epoch = std::max(core.current_epoch, update.config_epoch);
    note_claim(core, *owner);
    claim_slots(core, *owner, update.config_epoch, update.slots);
}

void claim_slots(Core& core, Member& owner, std::uint64_t epoch, const SlotSet& slots) {
    if (&owner == &core.self()) return;
    if (must_take_back(core, owner, epoch, slots)) return take_back(core, owner, epoch);
    const Rebinding change = rebind(core, owner, epoch, slots);
    if (change.from_shard == 0) return;
    const Member* primary = core.members.primary_of(core.self());
    const bool all_gone = primary != nullptr && !core.members.owns_slots(*primary);
    const bool handed_over = owner.owned.size() == change.from_shard;
    if (GRAPEVINE_MUTANT(deposed_stays_primary) && !change.from_me.empty()) return;
    if (all_gone && (core.settings.allow_replica_migration || handed_over)) {
        return follow(core, owner);
    }
    if (!change.from_me.empty()) lose(core, change.from_me, owner);
}

std::uint64_t greatest_epoch(const Core& core) {
    std::uint64_t greatest = core.current_epoch;
    core.members.for_each(
        [&](const Member& member) { greatest = std::max(greatest, member.config_epoch); });
    return greatest;
}

bool bump_epoch(Core& core) {
    const std::uint64_t greatest = greatest_epoch(core);
    // What another has as well, from before they became primary and replica, wins against nobody.
    bool shared = false;
    core.members.for_each_peer(
        [&](const Member& peer) { shared = shared || peer.config_epoch == greatest; });
    const std::uint64_t own = core.self().config_epoch;
    if (own != 0 && own == greatest && !shared) return false;
    step_up(core, greatest, may_have_successor(core));
    return true;
}

void follow(Core& core, Member& primary, By by) {
    Member& self = core.self();
    GRAPEVINE_CHECK(&primary != &self, "a node does not follow itself");
    note_primary(core, primary, by);
    core.members.release_all(self);
    core.migrating_to.clear();
    core.importing_from.clear();
    core.members.set_role(self, Role::replica);
    self.primary = primary.id;
    if (by != By::claim) self.shard = primary.shard;
    core.election = {};
    core.heir_since.reset();
    core.data_at = core.followed_at = core.now;
    end_manual_failover(core);
    core.must_tell();
    core.happened(Kind::primary_changed, primary.id, "follows it", primary.config_epoch);
    announce_primary(core, primary);
}

void note_abdication(Core& core, const Member& sender, const Header& header, Instant asked_at) {
    const Member& self = core.self();
    const bool ours = self.role == Role::replica && sender.id == self.primary;
    const bool true_now = header.primary == self.id && asked_at > core.followed_at;
    const bool has_data = data_offset(core) > 0 || core.data_of_shard;
    if (!ours || !true_now || !has_data) return;
    bump_epoch(core);
    core.happened(Kind::primary_abdicated, sender.id, "it is our replica by its own account",
                  core.current_epoch);
    take_over(core);
}

SlotSet heritage(const Core& core, const Member& primary) {
    const bool may_have_forgotten = core.keeps_data_since.has_value();
    return may_have_forgotten ? core.members.slots_of(primary) : core.members.claimed_by(primary);
}

void take_over(Core& core) {
    Member& self = core.self();
    Member* old = core.members.find(self.primary);
    GRAPEVINE_CHECK(old != nullptr, "a replica takes over from a known primary");
    const SlotSet slots = heritage(core, *old);
    core.members.set_role(self, Role::primary);
    self.primary = NodeId{};
    slots.for_each([&](slots::Slot slot) { core.members.assign(slot, self); });
    core.members.release_all(*old);  // What it had given up.
    const auto votes = std::exchange(core.election, {}).votes;
    core.votes_against.erase(self.id);  // What we voted for in an earlier reign is over.
    core.serves_from.reset();
    core.heir_since = core.now;
    core.replaced = old->id;
    core.seated = core.was_heir = false;
    end_manual_failover(core);
    if (!GRAPEVINE_MUTANT(old_contacts_count)) forget_contacts(core);
    core.members.for_each_peer(
        [&](Member& member) { member.elected_us = votes.contains(member.id); });
    core.must_tell();
    core.claim_needs = core.latest();
    if (!GRAPEVINE_MUTANT(serve_before_save)) core.map_needs = core.latest();
    choose_witnesses(core);  // What it asks does not count until that is saved and said.
    core.figures.took_over(old->failed ? core.now - old->failed_at : Duration{0});
    core.effects.announce.push_back(Promoted{});
}

void take_seat(Core& core, const Member& last) {
    core.heir_since = core.now;
    core.replaced = last.id;
    core.seated = core.was_heir = false;
    core.must_tell();
    core.claim_needs = core.latest();
    forget_recognition(core);
}

const Member* newer_owner(const Core& core, const SlotSet& slots, std::uint64_t epoch) {
    const Member* newer = nullptr;
    (slots - core.members.unclaimed()).for_each([&](slots::Slot slot) {
        const Member* owner = core.members.owner(slot);
        if (newer == nullptr && owner != nullptr && owner->config_epoch > epoch) newer = owner;
    });
    return newer;
}

void correct(Core& core, const Member& sender, std::uint64_t epoch, const SlotSet& slots) {
    const Member* primary = core.members.find(sender.primary);
    // Nearly always.
    if (slots == core.members.slots_of(primary == nullptr ? sender : *primary)) return;
    SlotSet foreign = slots - core.members.slots_of(sender);
    if (primary != nullptr) foreign -= core.members.slots_of(*primary);
    tell_owner(core, sender, epoch, foreign);
}

void tell_about(Core& core, const Member& stale, const Member& owner) {
    say_once_saved(core, stale, update_about(core, owner));
}

void tell_owner(Core& core, const Member& stale, std::uint64_t epoch, const SlotSet& slots) {
    const Member* newer = newer_owner(core, slots, epoch);
    if (newer != nullptr) tell_about(core, stale, *newer);
}

}  // namespace grapevine::gossip
