// What the core wants done. The shell carries it out in this order: save, close, connect, announce
// the map, send, announce the rest. What is sent or announced waits for no save that comes with it:
// it claims only what was saved before.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gossip/message.h"
#include "gossip/timing.h"
#include "slots/topology.h"

namespace grapevine::gossip {

// A connection of the bus, made by us (the core chooses the number in Connect) or accepted by us
// (the core gives the number in Gossip::accepted). Never used twice.
struct LinkId {
    std::uint64_t number = 0;  // 0: none.
    auto operator<=>(const LinkId&) const = default;
};

// What happened to a link. After `refused`, `failed`, `closed` and `given_up` it is gone: its
// number is not to be used again, and the core asks for a new one when it wants one.
enum class LinkEvent : std::uint8_t {
    connected,  // Of links that we made only.
    refused,    // Nobody listens there: the kernel of a living host says so.
    failed,     // Any other failure to connect, e.g. a timeout.
    closed,     // An established link ended: end of file or reset.
    // Of established links that we made. For Timing::unacknowledged, something that was sent has
    // waited for an acknowledgement of the peer's kernel, and none has come; then: one has come.
    unacknowledged,
    acknowledged,
    // An established link, by our kernel: nothing has come through for too long.
    given_up,
};

// Counts what had to be saved. A later one includes all earlier ones.
using Generation = std::uint64_t;

// Write `text` durably in place of the last one, then call Gossip::saved(generation). Only the
// newest needs to be written. When that fails, try again: until it succeeds the core votes for
// nobody and claims nothing new, but its heartbeats go on.
struct Save {
    Generation generation = 0;
    std::string text;
};
struct Connect {
    LinkId link;
    std::string host;  // An IP address.
    std::uint16_t port = 0;
};
struct Send {
    LinkId link;
    Message message;
};

// The map that clients should see from now on.
struct TopologyChanged {
    slots::TopologyPtr topology;
};
// This node was a replica and is the primary now: it wants a new replication id.
struct Promoted {};
// Replicate this primary from now on; a node gives up what the other has not, unless the other has
// lost what it was to go on with.
struct Follow {
    NodeId primary;
    slots::Endpoint endpoint;
    std::uint64_t number = 0;  // Counts from 1. See Replication::follow.
    ShardId shard{};           // That primary's, as far as it is known.
    bool of_shard = false;     // What this node had before is of that shard.
    bool ordered = false;      // By an operator, who may know what the primary has lost.
};
// This node is a primary that follows nobody, by order (CLUSTER RESET): its data set is to be
// emptied.
struct FollowNobody {};
// The primary has come back with less data than this replica has: take nothing from it any more,
// until the next Follow.
struct KeepData {};
// Hold every client write, expiry and eviction (a manual failover), until WritesResumed.
struct WritesPaused {};
struct WritesResumed {};
// Slots that this primary owned belong to another now: their keys are to be dropped here.
struct SlotsLost {
    SlotSet slots;
    NodeId owner;
};
// A message of a publisher on another node.
struct Published {
    Publish message;
};

// Worth a log line.
struct Event {
    enum class Kind : std::uint8_t {
        node_joined,
        node_forgotten,
        node_moved,
        peer_suspected,
        peer_failed,
        peer_recovered,
        vote_granted,
        vote_refused,
        election_started,
        election_won,
        election_lost,
        epoch_collision,
        slots_lost,
        primary_changed,
        primary_abdicated,
        replica_migrated,
        manual_failover,
        serving,
        not_serving,
        fenced,
        unfenced,
        resumed,
        data_kept,
        message_refused
    } kind = Kind::node_joined;
    NodeId about;             // The other node; none when it is about this one.
    std::uint64_t epoch = 0;  // Where one belongs to it.
    std::string detail;       // Why, in plain words; may be empty.
};
// "peer failed"
std::string_view name_of(Event::Kind kind);

using Announcement = std::variant<TopologyChanged, Promoted, Follow, FollowNobody, KeepData,
                                  WritesPaused, WritesResumed, SlotsLost, Published, Event>;

struct Effects {
    std::optional<Save> save;
    std::vector<LinkId> close;  // No event is to be reported for these.
    std::vector<Connect> connect;
    std::vector<Send> send;  // In order for each link. Those to links that are gone are dropped.
    std::vector<Announcement> announce;
};

}  // namespace grapevine::gossip
