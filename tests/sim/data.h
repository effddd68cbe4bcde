// What the nodes store, and how replicas get it: a log for each, asked for piece by piece. As in
// PSYNC, a replica whose log is the beginning of the primary's gets the rest, any other all of it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "gossip/effects.h"
#include "tests/sim/machine.h"

namespace grapevine::sim {

class World;

// A write that must not be lost any more: every replica of its shard had it.
struct Kept {
    std::uint16_t slot = 0;
    std::size_t index = 0;  // Its place in the log, and what the log is up to there.
    std::uint64_t sum = 0;
};

bool is_beginning_of(const std::vector<Entry>& log, const std::vector<Entry>& longer);

class Data {
public:
    explicit Data(World& world) : world_(world) {}

    void started(Machine& machine);
    void died(Machine& machine);
    void lost_everything(Machine& machine) { machine.store = {}; }
    void heard(Machine& machine, const gossip::Announcement& announcement);
    // A replica asks its primary for more.
    void tick(Machine& machine);
    gossip::Replication facts(const Machine& machine) const;

    void append(Machine& machine, std::uint16_t slot, std::uint64_t value);
    // How many replicas have confirmed everything up to the entry.
    std::size_t confirmed(const Machine& machine, std::size_t index) const;

private:
    const Machine* copied(const Machine& dead);
    void follow(Machine& machine, const gossip::Follow& target);
    void ask(Machine& replica, Machine& primary);
    void answer(Machine& replica, Machine& primary, unsigned life, std::uint64_t session);
    bool refuses(Store& replica, const Store& primary);
    void apply(Machine& replica, std::vector<Entry> entries, std::size_t from);
    void confirm(const Machine& replica, Machine& primary);

    World& world_;
};

}  // namespace grapevine::sim
