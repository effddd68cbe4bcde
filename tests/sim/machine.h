// One machine with one node on it: a clock, a disk, and a process that comes and goes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossip/core.h"
#include "gossip/gossip.h"
#include "tests/sim/clock.h"
#include "tests/sim/disk.h"

namespace grapevine::sim {

using gossip::Effects;
using gossip::Gossip;
using slots::NodeId;

struct Entry {
    std::uint16_t slot = 0;
    std::uint64_t value = 0;
    std::uint64_t sum = 0;  // Of the log up to here.
};

// The keys of one node: every write that it has accepted or was given.
struct Store {
    std::vector<Entry> log;
    NodeId primary_id;
    slots::Endpoint primary;   // Whom it asks for more; no host: nobody.
    std::uint64_t follow = 0;  // The number of that order.
    bool synced = false;       // It has had what that primary had.
    bool keeps = false;        // That primary has less: nothing is taken from it any more,
    bool has_less = false;     // or not until it has taken writes.
    bool refuses() const { return keeps || has_less; }
    bool link_up = false;
    bool waits = false;  // For an answer, since asked_at.
    Time asked_at{0};
    Time heard_at{0};
    std::uint64_t session = 0;                // Answers to earlier ones are too late.
    std::map<NodeId, std::size_t> confirmed;  // By replicas.
    // Of its own log, what was of the shard when it began to follow: a deposed primary's, what it
    // took over, or some replica had confirmed; a replica's that was in step, all of it. 0 once it
    // is in step again.
    std::size_t had_confirmed = 0;
    // What of it this process found on its disk; nothing once it has had a primary's.
    std::optional<std::size_t> had_saved;
    slots::ShardId shard;         // Of what it has until it is in step.
    bool saved_of_shard = false;  // That is its primary's.
    bool of_shard = false;        // So is all that it had then, by what this process has seen.
    bool ordered = false;         // By an operator: it takes whatever there is.
};

// Where a machine is in the beginning.
struct MachinePlace {
    std::string address;
    std::uint16_t port = 0;  // For clients.
    std::uint16_t bus_port() const { return static_cast<std::uint16_t>(port + 10'000); }
};
inline MachinePlace place_of(std::size_t number) {
    constexpr std::size_t hosts = 250;  // In one network.
    std::string address = "10.0." + std::to_string(number / hosts) + '.';
    address += std::to_string(number % hosts + 1);
    return {std::move(address), static_cast<std::uint16_t>(7'000 + number)};
}

// An operator's order that has been carried out and waits for the disk.
struct Promised {
    gossip::Generation generation = 0;
    Result<std::string> reply;
    std::function<void(const Result<std::string>&)> answer;
};

struct Machine {
    std::size_t number;
    std::string address;
    std::uint16_t port;
    Clock clock;
    Disk disk;
    gossip::Settings settings;

    std::unique_ptr<Gossip> core{};  // Null: no process runs.
    unsigned life = 0;               // Counts processes.
    NodeId id{};                     // The node's name, also while it is dead.
    slots::TopologyPtr map{};        // What its clients see.
    Store store{};
    bool writes_held = false;
    bool paused = false;
    std::deque<Task> inbox{};         // What came while it was paused.
    std::deque<Promised> promised{};  // In the order of their generations.

    bool is_clone = false;       // Of whatever machine was cloned last.
    bool bumped = false;         // An operator has given it a new epoch.
    bool moved = false;          // It has another address than in the beginning.
    bool removed = false;        // For good.
    bool disk_lied = false;      // It was started from an old or an empty disk.
    unsigned memory = 0;         // Counts what made it forget: other disks, RESET.
    std::int64_t disturbed = 0;  // Faults that have ever touched it.
    unsigned stops = 0;          // How often its process was stopped.

    bool alive() const { return core != nullptr; }
    bool awake() const { return alive() && !paused; }
    const gossip::Core& belief() const { return core->inside(); }
    std::uint16_t bus_port() const { return static_cast<std::uint16_t>(port + 10'000); }
};

}  // namespace grapevine::sim
