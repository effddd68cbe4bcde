// The table of nodes that this one knows, itself included, and which of them owns which slot.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gossip/effects.h"
#include "gossip/message.h"
#include "gossip/timing.h"
#include "slots/topology.h"

namespace grapevine::gossip {

using slots::Role;

// The slots of one member, and how many they are. Only the table changes them: it has the other
// half of the truth.
class OwnedSlots {
public:
    const SlotSet& set() const { return set_; }
    std::size_t size() const { return size_; }
    bool claims_any() const { return unclaimed_ < size_; }

private:
    friend class Members;
    void insert(slots::Slot slot) {
        set_.insert(slot);
        ++size_;
    }
    void erase(slots::Slot slot) {
        set_.erase(slot);
        --size_;
    }

    std::size_t size_ = 0;
    std::size_t unclaimed_ = 0;  // Of these.
    SlotSet set_;
};

// A ping or MEET without an answer.
struct Question {
    Instant at;
    bool counts = true;  // An answer to it is a contact.
};

// A promise of ours that it votes of these that may break it: see witnesses.h.
struct Condition {
    Witnesses witnesses;
    Instant until;
};

// The most that a primary has said to have in an epoch of its, or as a candidate for that.
struct Reign {
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
    Instant heard_at{};
};

// Another process under a member's name: see twins.h.
struct Twin {
    std::uint64_t process = 0;  // None.
    Instant first_at{};         // When it was turned away first.
    bool lives = false;         // And so does the one that the member is taken for.
    slots::Endpoint place;
};

struct Member {
    NodeId id;
    ShardId shard;
    slots::Endpoint endpoint;  // An empty host: no address is known.
    std::uint16_t secondary_port = 0;
    std::string hostname;
    Role role = Role::primary;
    NodeId primary;  // None for a primary, and for a replica that has not said whom it follows.
    std::uint64_t config_epoch = 0;
    std::uint64_t current_epoch = 0;  // As it has told last.
    std::uint64_t offset = 0;
    std::optional<Instant> offset_at;  // When it was heard.
    Reign reign;                       // A primary's, or a candidate's.
    bool no_failover = false;
    bool had_replicas = false;            // A primary's: when it has none, it is an orphan.
    std::optional<Instant> orphan_since;  // Kept by replicas only.
    bool grapevine = false;               // Not a Redis.
    bool extensible = false;              // Reads extensions.
    bool knows_shards = false;            // Reads those beyond the host name.
    bool pulses = false;                  // A voter that asks the others often: see lost_host.h.
    unsigned penance = 0;                 // Answers in time until the last late one is forgotten.
    bool knew_us = false;                 // It had us in its table once.
    bool has_left = false;                // It knew us, and does not any more.

    std::optional<std::uint64_t> process;  // The one that it is taken for; none before it is heard.
    bool departed = false;                 // Its side has ended the last link on which it spoke.
    bool last_ended = false;               // We saw the process before it end.
    bool saw_us_begin = false;             // It says so of the one before ours.
    bool turned_us_away = false;           // Our links to it have ended, and it answered on none.
    Twin twin;

    std::uint64_t graves_digest = 0;  // As it has told last.
    std::optional<Kin> kin;           // The same.
    std::optional<std::uint64_t> told_view;
    std::uint64_t share_of_view = 0;  // Of ours: see view.h.

    Instant joined_at{};
    Instant promoted_at{};   // When we saw that it was a replica no more.
    bool handshake = false;  // Its name is made up until it has told its own.
    bool meet = false;       // To be asked to know us.
    bool by_seed = false;    // No operator has asked for the handshake.

    std::optional<Instant> ping_sent;      // The oldest one without an answer, over all links.
    std::deque<Question> asked;            // Those on this link, oldest first.
    std::optional<Instant> pong_received;  // None: never.
    Instant asked_at{};                    // When the last one was asked, on whatever link.
    std::optional<Instant> contact_until;  // How long its last answer may be counted on.
    std::optional<Instant>
        abstains_until;                   // It votes for nobody against us, whatever its links do.
    std::optional<Instant> voice_from;    // Until then its answers are no promise: see voting.h.
    std::optional<Instant> relied_until;  // How long it counts on our last answer, at most.
    std::vector<Condition> conditions;    // The same for our long leases with witnesses.
    std::optional<Witnesses> witnesses;   // As it has told in its last question.
    bool knows_claim = false;             // It has what we are, in this reign, on its disk.
    bool elected_us = false;              // Its vote, on its disk, made us what we are.
    Generation claimed = 0;               // The one of ours that holds what it is.
    bool saw_successor = false;           // Of ours: as it has told in its last answer.
    NodeId displaced;                     // Whom it took all from by a new epoch, or the same.
    bool usurped = false;                 // Somebody's `displaced` names it.
    std::optional<Instant> waits_until;   // It took all from one who counts on us so long.
    NodeId waits_for;                     // Who that is; none: several, perhaps.
    Instant heard_at{};                   // Its last message of any kind.

    bool suspected = false;  // PFAIL: our own opinion.
    bool failed = false;     // FAIL: a majority's.
    Instant suspected_at{};
    Instant failed_at{};
    std::map<NodeId, Instant> reports;  // Who accuses it, since when.

    LinkId link;                  // Ours to it; none while there is none.
    bool link_up = false;         // It is established.
    bool unacknowledged = false;  // Its kernel does not acknowledge what is sent on it.
    bool refused = false;         // A new one was refused, and it has said nothing since.
    bool severed =
        false;          // A link on which it had answered has ended, and it has not answered since.
    bool lost = false;  // The same, and it has said nothing at all since.
    Instant lost_at{};
    unsigned attempts = 0;  // To connect, since it last said anything.
    Instant next_attempt{};
    Instant attempted_at{};  // When the last one was made.

    OwnedSlots owned;  // Last: what is looked at often stays close together.

    bool reachable() const { return !suspected && !failed; }
    bool has_address() const { return !endpoint.host.empty(); }
};

class Members {
public:
    explicit Members(Member self);
    Members(const Members&) = delete;
    Members& operator=(const Members&) = delete;

    Member& self() { return *self_; }
    const Member& self() const { return *self_; }
    Member* find(const NodeId& id);
    const Member* find(const NodeId& id) const;
    std::size_t size() const { return table_.size(); }

    // `member.id` is not in the table yet. References stay valid until the member is removed.
    Member& add(Member member);
    // Its slots become unowned. Not for self.
    void remove(NodeId id);  // By value: callers name the member that goes.
    void rename(Member& member, const NodeId& id);

    Member* owner(slots::Slot slot) { return owners_[slot.number]; }
    const Member* owner(slots::Slot slot) const { return owners_[slot.number]; }
    // Of a member of the table its role is changed here only.
    void set_role(Member& member, Role role);
    void assign(slots::Slot slot, Member& member);
    void release(slots::Slot slot);
    void release_all(const Member& member);
    const SlotSet& slots_of(const Member& member) const { return member.owned.set(); }
    bool owns_slots(const Member& member) const { return member.owned.size() > 0; }

    // Slots that their owners have stopped claiming. A slot that changes hands is none of them.
    const SlotSet& unclaimed() const { return unclaimed_; }
    SlotSet claimed_by(const Member& member) const { return slots_of(member) - unclaimed_; }
    // Of its own slots those in `slots` are claimed, or not.
    void note_claimed(Member& owner, const SlotSet& slots);
    void note_unclaimed(Member& owner, const SlotSet& slots);

    // Primaries that claim a slot vote.
    bool votes(const Member& member) const {
        return member.role == Role::primary && member.owned.claims_any();
    }
    std::size_t voters() const { return voters_; }
    // visit(const Member&) for every node that owns a slot, in whatever order.
    template <typename Visit>
    void for_each_owner(Visit visit) const {
        for (const Member* member : holders_) visit(*member);
    }
    std::size_t quorum() const { return voters_ / 2 + 1; }

    // The primary of the member's shard: itself, or whom it follows. Null when that is not known.
    Member* primary_of(Member& member);
    const Member* primary_of(const Member& member) const;
    std::vector<Member*> replicas_of(const Member& primary);
    // A replica that could take over from `primary`.
    bool has_eligible_replica(const Member& primary) const;

    // visit(Member&) for every node but this one, in the order of ids. It adds and removes nobody.
    template <typename Visit>
    void for_each_peer(Visit visit) {
        for (Member* member : in_order_) {
            if (member != self_) visit(*member);
        }
    }
    // visit(const Member&) for every node, in the order of ids.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (const Member* member : in_order_) visit(*member);
    }

private:
    void put_in_order(Member& member);
    // Does what changes whether the member votes.
    template <typename Change>
    void change(Member& member, Change change) {
        voters_ -= votes(member) ? 1 : 0;
        change();
        voters_ += votes(member) ? 1 : 0;
    }

    std::map<NodeId, Member> table_;
    std::vector<Member*> in_order_;  // All of the table: to walk through it is much faster.
    Member* self_;
    std::array<Member*, slots::slot_count> owners_{};
    SlotSet unclaimed_;
    std::vector<Member*> holders_;  // Who owns a slot,
    std::size_t voters_ = 0;        // and how many of them vote.
};

}  // namespace grapevine::gossip
