#include "gossip/members.h"

#include <algorithm>
#include <utility>

#include "slots/check.h"

namespace grapevine::gossip {

Members::Members(Member self) : self_(nullptr) {
    self_ = &add(std::move(self));
}

Member* Members::find(const NodeId& id) {
    const auto found = table_.find(id);
    return found == table_.end() ? nullptr : &found->second;
}

const Member* Members::find(const NodeId& id) const {
    return const_cast<Members*>(this)->find(id);
}

Member& Members::add(Member member) {
    const NodeId id = member.id;
    const auto [place, added] = table_.try_emplace(id, std::move(member));
    GRAPEVINE_CHECK(added, "a node is in the table once");
    put_in_order(place->second);
    return place->second;
}

void Members::remove(NodeId id) {
    Member* member = find(id);
    GRAPEVINE_CHECK(member != nullptr && member != self_, "only a known peer is removed");
    release_all(*member);
    std::erase(in_order_, member);
    table_.erase(id);
    for (auto& [name, other] : table_) {
        other.reports.erase(id);
        if (other.primary == id) other.primary = NodeId{};
        if (other.displaced == id) other.displaced = NodeId{};
    }
}

void Members::rename(Member& member, const NodeId& id) {
    GRAPEVINE_CHECK(find(id) == nullptr, "a name belongs to one node");
    std::erase(in_order_, &member);
    auto entry = table_.extract(member.id);  // Keeps the member where it is.
    entry.key() = id;
    member.id = id;
    table_.insert(std::move(entry));
    put_in_order(member);
}

void Members::put_in_order(Member& member) {
    const auto is_before = [](const Member* a, const Member* b) { return a->id < b->id; };
    in_order_.insert(std::upper_bound(in_order_.begin(), in_order_.end(), &member, is_before),
                     &member);
}

void Members::set_role(Member& member, Role role) {
    change(member, [&] { member.role = role; });
}

void Members::assign(slots::Slot slot, Member& member) {
    release(slot);
    owners_[slot.number] = &member;
    if (!owns_slots(member)) holders_.push_back(&member);
    change(member, [&] { member.owned.insert(slot); });
}

void Members::release(slots::Slot slot) {
    Member* owner = std::exchange(owners_[slot.number], nullptr);
    if (owner == nullptr) return;
    change(*owner, [&] {
        if (unclaimed_.contains(slot)) --owner->owned.unclaimed_;
        owner->owned.erase(slot);
    });
    unclaimed_.erase(slot);
    if (!owns_slots(*owner)) std::erase(holders_, owner);
}

void Members::note_claimed(Member& owner, const SlotSet& slots) {
    const SlotSet news = owner.owned.set() & slots & unclaimed_;
    unclaimed_ -= news;
    change(owner, [&] { owner.owned.unclaimed_ -= news.size(); });
}

void Members::note_unclaimed(Member& owner, const SlotSet& slots) {
    const SlotSet news = (owner.owned.set() & slots) - unclaimed_;
    unclaimed_ |= news;
    change(owner, [&] { owner.owned.unclaimed_ += news.size(); });
}

void Members::release_all(const Member& member) {
    const SlotSet slots = slots_of(member);
    slots.for_each([this](slots::Slot slot) { release(slot); });
}

Member* Members::primary_of(Member& member) {
    return member.role == Role::primary ? &member : find(member.primary);
}

const Member* Members::primary_of(const Member& member) const {
    return member.role == Role::primary ? &member : find(member.primary);
}

std::vector<Member*> Members::replicas_of(const Member& primary) {
    std::vector<Member*> replicas;
    for (Member* member : in_order_) {
        if (member->role == Role::replica && member->primary == primary.id) {
            replicas.push_back(member);
        }
    }
    return replicas;
}

bool Members::has_eligible_replica(const Member& primary) const {
    for (const Member* member : in_order_) {
        if (member->role == Role::replica && member->primary == primary.id && member->reachable() &&
            !member->no_failover) {
            return true;
        }
    }
    return false;
}

}  // namespace grapevine::gossip
