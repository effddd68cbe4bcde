// Everything that was decided before a run: what the cluster is like, and what befalls it. A plan
// is text, so that a run that failed can be kept, reduced and repeated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "slots/result.h"
#include "tests/sim/scheduler.h"

namespace grapevine::sim {

// Times are in the unit that the name ends with.
struct Setup {
    std::int64_t seed = 1;  // Of all chance that is left to the run itself.
    std::int64_t primaries = 3;
    std::int64_t replicas = 1;      // Of each primary.
    std::int64_t spares = 0;        // Primaries without slots.
    std::int64_t epochs_given = 1;  // By SET-CONFIG-EPOCH; otherwise all primaries begin with 0.
    std::int64_t node_timeout_ms = 15'000;
    std::int64_t tick_ms = 100;
    std::int64_t delay_least_us = 100;  // Of a message.
    std::int64_t delay_most_us = 1'000;
    std::int64_t spike_per_mille = 0;  // Of messages that had to be sent again.
    std::int64_t spike_ms = 0;
    std::int64_t disk_least_us = 200;  // Of a save.
    std::int64_t disk_most_us = 5'000;
    std::int64_t clock_ppm = 0;  // How wrong a clock's rate may be.
    std::int64_t codec = 1;      // Messages become bytes on their way.
    // Without: what every so many-th machine says becomes bytes to be counted. No knob: for
    // figures.
    std::size_t measured_each = 0;
    // Nodes that are only played, with numbers after the machines'. Likewise.
    std::size_t ghosts = 0;
    std::int64_t crash_evidence = 1;
    std::int64_t host_evidence = 0;  // Kernels tell what is not acknowledged, and are believed.
    std::int64_t full_coverage = 1;
    // More voters than these name so many witnesses, and wait so long between two questions.
    std::int64_t pulsing_voters = 50;
    std::int64_t witnesses = 7;
    std::int64_t ask_spacing_ms = 15;
    // So many of the first machines, primaries first, say nothing that Redis would not: what they
    // answer promises nothing.
    std::int64_t redis_like = 0;
    std::int64_t replica_migration = 1;
    std::int64_t validity_factor = 10;
    std::int64_t replication_ping_ms = 10'000;
    std::int64_t clients = 2;
    std::int64_t client_pause_ms = 500;
    std::int64_t wait_per_mille = 0;  // Writes that wait for every replica.
    std::int64_t callers = 0;         // Clients with the client library's router.
    std::int64_t persists = 1;        // A node's keys survive its process.
    std::int64_t dumps = 0;           // They do not; a copy does that is some writes old.
    std::int64_t clones = 0;          // Or one of another's keys, or none.
    std::int64_t danger_ms = 60'000;  // How long the faults go on.
    std::int64_t drill = 1;           // At the end, a primary is killed once more.

    std::size_t machines() const {
        return static_cast<std::size_t>(primaries * (1 + replicas) + spares);
    }
    std::size_t nodes() const { return machines() + ghosts; }
    // Whether the bytes that it sends are counted.
    bool is_measured(std::size_t node) const {
        if (codec != 0) return true;
        return measured_each > 0 && node < machines() && node % measured_each == 0;
    }
    bool operator==(const Setup&) const = default;
};

struct Knob {
    std::string_view name;
    std::int64_t Setup::* value;
};
std::span<const Knob> knobs();

// One decision: a fault, or an operator's order. Machines are numbers, taken modulo their count.
struct Step {
    enum class Kind : std::uint8_t {
        crash,       // a dies at once; b ms later it starts again.
        power_off,   // a's host falls silent; b ms later it is back.
        pause,       // a is stopped for b ms.
        cut,         // Nothing passes between set a and the others for b ms.
        cut_from,    // Nothing that set a says reaches the others for b ms.
        cut_pair,    // Nothing passes between a and b for c ms.
        reset,       // Every link between a and b ends.
        reset_all,   // Every link of a ends.
        half_open,   // a forgets its links to b, and b is not told.
        refuse,      // A firewall answers for a that nobody listens, for b ms; c: it ends
                     // a's links, too, and swallows what a connects to.
        stall,       // What a says to b is late by up to c ms.
        slow_disk,   // a's disk takes c ms for a save, for b ms.
        bad_disk,    // a's disk saves nothing for b ms.
        old_disk,    // a dies, and starts b ms later from a copy that is c saves old.
        wipe,        // a dies, and starts b ms later with an empty directory.
        move,        // a dies, and starts b ms later at another address.
        failover,    // a is ordered to take over; b: how.
        forget,      // a is killed for good and everybody is told to forget it.
        meet,        // a is told to meet b.
        bump,        // BUMPEPOCH on a.
        reset_node,  // RESET on a; b: hard.
        replicate,   // a is told to replicate b.
        move_slot,   // Probe a goes to b, by SETSLOT; c: its old owner is not told.
        save,        // SAVECONFIG on a.
        deaf,        // What the others say to a is late by up to c ms, for b ms.
        cut_sets,    // Nothing passes between set a and set b for c ms: others are bridges.
        clone,       // A copy of a's disk, c saves old, is started elsewhere for b ms; a goes on.
    };
    Time at{0};  // Since the danger began.
    Kind kind = Kind::crash;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::int64_t c = 0;
    bool operator==(const Step&) const = default;
};
std::string_view name_of(Step::Kind kind);
std::span<const std::string_view> step_names();  // In the order of Step::Kind.

struct Plan {
    Setup setup;
    std::vector<Step> steps;  // In the order of time.
    bool operator==(const Plan&) const = default;

    // The clones' machine comes after all others, and is no part of the cluster.
    bool has_clones() const {
        return std::any_of(steps.begin(), steps.end(),
                           [](const Step& step) { return step.kind == Step::Kind::clone; });
    }
};

// Knobs that are not mentioned have their defaults.
std::string to_text(const Plan& plan);
std::string to_text(const Step& step);
Result<Plan> parse_plan(std::string_view text);

}  // namespace grapevine::sim
