// What nodes say to each other: the Redis cluster bus's messages, decoded. The bytes are codec.h's
// affair.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "slots/identity.h"
#include "slots/slot_set.h"

namespace grapevine::gossip {

using slots::NodeId;
using slots::ShardId;
using slots::SlotSet;

// The numbers on the wire (cluster specification; Redis 7.0).
enum class MessageType : std::uint16_t {
    ping,
    pong,
    meet,
    fail,
    publish,
    vote_request,
    vote,
    update,
    pause_request,
    module,
    publish_shard
};
inline constexpr std::size_t message_type_count = 11;
// "ping", "auth-req", ...: as CLUSTER INFO names them.
std::string_view name_of(MessageType type);

// What a node says of itself or of another (Redis 7.0). Bits that are not listed are ignored.
enum NodeFlag : std::uint16_t {
    flag_primary = 1,
    flag_replica = 2,
    flag_suspected = 4,  // PFAIL: its own opinion.
    flag_failed = 8,     // FAIL: a majority's.
    flag_myself = 16,
    flag_handshake = 32,
    flag_no_address = 64,
    flag_meet = 128,
    flag_migrate_to = 256,   // Orphaned replicas may move to this primary.
    flag_no_failover = 512,  // Never stands for election.
};

// Grapevines recognise each other by a mark in bytes that Redis sends as zeros.
enum Capability : std::uint16_t {
    knows_grapevine = 1,
    // Towards a primary: the sender has just voted for another in its place, or knows of another
    // there, so that this answer is no sign that it is still the primary.
    voted_for_another = 2,
    // In an answer: the sender has not got whom it answers in its table.
    does_not_know_you = 4,
    // In an answer to a primary: the sender has voted for another in its place, or saw one there,
    // and has not seen that one give way, whatever the primary claims by now.
    saw_successor = 8,
    // The sender is a voter that asks the others many times a second, so that a short lease is
    // enough for it. In an answer, the upper byte says how long a primary may count on it: see
    // lost_host.h.
    keeps_short_leases = 16,
    // What comes to the sender on this connection may be packed: see packing.h.
    reads_packed_frames = 32,
    // In a MEET: no operator has ordered it, so it brings back nobody who was forgotten.
    met_by_seed = 64,
    // In an answer: the sender saw how the process before the asker's ended: see twins.h.
    saw_last_process_end = 64,
    // In an answer: another process has the name of the asker, and lives: see twins.h.
    another_has_your_name = 128,
};

// In front of every message.
struct Header {
    NodeId sender;
    std::uint64_t current_epoch = 0;
    std::uint64_t config_epoch = 0;  // A replica gives its primary's.
    std::uint64_t offset = 0;        // Replication offset in bytes.
    SlotSet slots;                   // A replica gives its primary's.
    NodeId primary;                  // Whom the sender replicates; none for a primary.
    std::string host;                // Empty: as the connection shows it.
    std::uint16_t port = 0;
    std::uint16_t secondary_port = 0;  // The TLS or the plain port, whichever `port` is not.
    std::uint16_t bus_port = 0;
    std::uint16_t flags = 0;  // NodeFlag
    bool serving = true;
    bool paused = false;             // A primary holds its writes for a manual failover.
    bool forced = false;             // Vote even though the primary works: a manual failover.
    bool extensible = false;         // The sender reads extensions.
    std::uint16_t capabilities = 0;  // Capability; 0 for anything but a Grapevine.
    // Which of the processes that ever had the sender's name: see gossip/twins.h. 48 bits; 0: it
    // tells none, as it is a Redis or announces a host of more than 39 characters.
    std::uint64_t process = 0;
    bool operator==(const Header&) const = default;
};

// What the sender of a heartbeat thinks of a third node. Redis also carries two wall clock times
// (seconds): they are sent as 0, which peers take for "nothing newer", and are not believed.
struct Rumour {
    NodeId id;
    std::string host;
    std::uint16_t port = 0;
    std::uint16_t secondary_port = 0;
    std::uint16_t bus_port = 0;
    std::uint16_t flags = 0;
    bool operator==(const Rumour&) const = default;
};

struct Forgotten {
    NodeId id;
    std::uint64_t seconds = 0;  // Left of the ban.
    bool operator==(const Forgotten&) const = default;
};

// How often a node was forgotten and met again: see gossip/graves.h.
struct Grave {
    NodeId id;
    std::uint64_t count = 0;
    bool operator==(const Grave&) const = default;
};

struct Graves {
    std::uint64_t digest = 0;  // Of all that the sender knows.
    std::vector<Grave> list;   // All of them, or none.
    bool operator==(const Graves&) const = default;
};

// Which cluster the sender is of: see gossip/kinship.h.
struct Kin {
    std::uint64_t cluster = 0;  // Never 0 on the wire.
    bool settled = false;
    bool operator==(const Kin&) const = default;
};

// Whom a primary has named: see gossip/witnesses.h.
using Witnesses = std::vector<NodeId>;

// Redis 7.0 knows hostname only and logs a warning for each other one; 7.2 knows all of these.
struct Extensions {
    std::optional<std::string> hostname;  // Empty: it has none (any more).
    std::optional<ShardId> shard;
    std::vector<Forgotten> forgotten;
    // Only between Grapevines:
    std::optional<Graves> graves{};
    std::optional<Kin> kin{};
    std::optional<std::uint64_t> view{};   // See gossip/view.h.
    std::optional<Witnesses> witnesses{};  // See gossip/witnesses.h.
    // In an answer: what the asker claims is not on the sender's disk yet, and a crash would make
    // it forget that.
    bool claim_unsaved = false;
    bool operator==(const Extensions&) const = default;
};

struct Heartbeat {
    enum class Kind : std::uint8_t { ping, pong, meet } kind = Kind::ping;
    std::vector<Rumour> rumours;
    Extensions extensions;
    bool operator==(const Heartbeat&) const = default;
};
struct Fail {
    NodeId id;
    bool operator==(const Fail&) const = default;
};
struct Publish {
    std::string channel;
    std::string payload;
    bool sharded = false;
    bool operator==(const Publish&) const = default;
};
struct VoteRequest {
    bool operator==(const VoteRequest&) const = default;
};
struct Vote {
    // It counts beside those of a majority of each of these only. None towards a Redis.
    std::vector<Witnesses> conditions{};
    bool operator==(const Vote&) const = default;
};
// Tells a node whose claim is out of date who owns slots now.
struct Update {
    NodeId owner;
    std::uint64_t config_epoch = 0;
    SlotSet slots;
    bool operator==(const Update&) const = default;
};
// A replica asks its primary to hold its writes for a manual failover.
struct PauseRequest {
    bool operator==(const PauseRequest&) const = default;
};
// Modules' messages and types of later versions: well formed, and of no concern to us.
struct Other {
    std::uint16_t type = 9;
    std::vector<std::uint8_t> data;
    bool operator==(const Other&) const = default;
};

using Body = std::variant<Heartbeat, Fail, Publish, VoteRequest, Vote, Update, PauseRequest, Other>;

struct Message {
    Header header;
    Body body;
    bool operator==(const Message&) const = default;
};

// Nothing for Other with a type beyond MessageType.
std::optional<MessageType> type_of(const Message& message);

}  // namespace grapevine::gossip
