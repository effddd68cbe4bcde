// Everything one node believes and has promised. The rules that change it are functions over it,
// one file per subject: links, heartbeat, hearing, failure, data, election, voting, claims,
// manual_failover, replica_migration, serving, fence, twins, saving. Gossip is the front.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "gossip/figures.h"
#include "gossip/gossip.h"
#include "gossip/members.h"
#include "gossip/random.h"

namespace grapevine::gossip {

struct Link {
    bool outbound = false;
    bool up = false;
    bool answered = false;  // The peer has said something on it.
    NodeId peer;            // Of a link of ours: the member's current name. Else who spoke last.
    std::optional<std::uint64_t> process;  // The peer's: see twins.h.
    std::string remote;                    // Addresses of an accepted link.
    std::string local;
    Instant since{};
};

// The part of what is said aloud that must be on the disk first.
struct Claim {
    std::uint64_t current_epoch = 0;
    std::uint64_t config_epoch = 0;
    SlotSet slots;
    NodeId primary;
};

// A message that depends on a generation which is not on the disk yet.
struct Held {
    Generation generation = 0;
    NodeId to;
    Message message;
};

struct Pending {
    Generation generation = 0;
    Claim claim;
    bool tell_everyone = false;  // The claim has changed in a way that cannot wait for heartbeats.
};

// An attempt of this replica to replace its failed primary.
struct Election {
    bool open = false;
    bool asked = false;
    Instant opened_at{};
    Instant turn_from{};  // Since when it waits for the shards before its own.
    Instant expires_at{};
    unsigned attempt = 0;
    std::uint64_t epoch = 0;
    bool saves_data = false;  // Votes for it break what was promised to a primary that works.
    // Who voted for us in `epoch`, and on which conditions.
    std::map<NodeId, std::vector<Witnesses>> votes;
};

// A failover that an operator ordered: on the replica that takes over, or on its primary.
struct ManualFailover {
    bool active = false;
    Instant ends_at{};
    NodeId replica;                              // On the primary: for whom writes are held.
    std::optional<std::uint64_t> paused_offset;  // On the replica: what it has to reach.
    bool ready = false;                          // On the replica: it may stand for election.
};

// That we voted for somebody in a primary's place. It survives a restart: the vote may win after
// it, and whoever asks then must hear of it.
struct VoteAgainst {
    Instant at;
    std::uint64_t epoch = 0;
    NodeId candidate;
    NodeId original{};      // As in SavedVote.
    bool lapsed = false;    // The candidate stands no more. Not saved: it will say so again.
    bool restored = false;  // From the disk: nobody knows whom we have answered since.
};

struct Core {
    Core(Settings settings, const State& state, bool restarted, std::uint64_t seed, Instant now);

    Settings settings;
    Random random;
    std::uint64_t process;   // See gossip/twins.h.
    std::uint64_t twin = 0;  // Another with this node's name; 0: it has heard of none.
    bool recognised;         // Not from a disk, or taken for the node by enough voters.
    bool is_copy = false;    // Told so: it takes no part any more.
    Members members;
    std::uint64_t current_epoch;
    std::uint64_t last_vote_epoch;
    std::map<slots::Slot, NodeId> migrating_to;
    std::map<slots::Slot, NodeId> importing_from;
    std::map<NodeId, Instant> banned;        // Forgotten nodes, until when.
    std::map<NodeId, std::uint64_t> graves;  // See gossip/graves.h.
    Kin kin;
    std::uint64_t view = 0;  // See gossip/view.h.
    // What walking through all members for each heartbeat would find, else until the next tick:
    bool somebody_is_hot = true;  // A suspect or a newcomer, to be mentioned to everybody.
    bool somebody_reports = true;
    std::map<NodeId, Instant> pardoned;  // Met again: others' bans do not count, until when.

    std::map<LinkId, Link> links;
    std::uint64_t last_link = 0;

    Election election;
    ManualFailover manual;
    std::map<NodeId, VoteAgainst> votes_against;  // The last one, by primary.
    Replication replication;
    Instant data_at{};           // When our primary last sent anything.
    bool in_step = false;        // A replica's: it has had the stream of its shard, in this life.
    bool data_of_shard = false;  // What it had before it followed its primary is of their shard.
    bool ordered = false;        // It follows its primary because an operator said so.
    std::uint64_t follows = 0;   // How many Follows there were.
    Instant followed_at{};       // When the last one was.
    std::optional<Instant> keeps_data_since;  // Our primary has come back with less than we have.

    bool serving = false;
    bool fenced = false;
    Instant fenced_since{};
    std::optional<Instant> serves_from;  // Of a restarted primary that owned slots.
    bool told_wait = false;              // It has said what it waits for.
    std::optional<Instant> minority_at;  // When we last saw that we are in one.

    bool unsaved = false;        // Something that has to survive a restart has changed.
    bool tell_everyone = false;  // Once what has changed is saved.
    bool writes_resume = false;  // Once the map says to whom they go.
    bool links_changed = false;  // Links have come up: the next tick's map shows them.
    bool map_changed = true;     // Something that clients see has changed.
    Generation issued = 0;
    Generation saved = 0;
    Generation map_needs = 0;    // The map claims what this generation saves.
    Generation claim_needs = 0;  // Who has not heard what this one holds promises nothing about it.
    Claim spoken;
    Generation spoken_generation = 0;  // The one that `spoken` is of.
    std::deque<Pending> pending;
    std::deque<Held> held;

    Instant born;
    bool restarted;
    std::optional<Instant> heir_since;    // A primary's that took the place of another.
    std::optional<Instant> took_back_at;  // What a predecessor had claimed by a new epoch.
    NodeId replaced;  // Whose place. Its own: a successor's that it does not know, perhaps.
    Instant replaced_until{};  // Until when that one, which worked, may not know of it.
    bool seated = true;        // As it is saved: see has_seat.
    Instant seated_at{};       // Since when; its beginning: always.
    bool was_heir = false;     // It had no seat either when it took its last epoch for itself.
    bool reached = false;      // By a member, in this life: our own address is right.
    Instant now;
    Instant last_tick;
    Instant last_random_ping;
    bool started = false;
    bool pulses = false;                 // See lost_host.h.
    std::size_t voters = 0;              // At the last tick.
    std::optional<Witnesses> witnesses;  // Whom we name; nothing while there are few voters.
    Instant named_at{};
    slots::TopologyPtr topology;
    MessageCounts sent{};
    MessageCounts received{};
    Figures figures;
    Effects effects;

    Member& self() { return members.self(); }
    const Member& self() const { return members.self(); }
    const Timing& timing() const { return settings.timing; }

    // The generation that will hold everything decided so far.
    Generation latest() const { return issued + (unsaved ? 1 : 0); }
    void must_save() { unsaved = map_changed = true; }
    // Something that changes what this node claims: to be saved, then to be told at once.
    void must_tell() {
        must_save();
        tell_everyone = true;
    }
    void happened(Event::Kind kind, const NodeId& about = {}, std::string detail = {},
                  std::uint64_t epoch = 0) {
        effects.announce.push_back(Event{kind, about, epoch, std::move(detail)});
    }
};

}  // namespace grapevine::gossip
