#include "tests/sim/plan.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace grapevine::sim {
namespace {

constexpr std::array all_knobs{
    Knob{"seed", &Setup::seed},
    Knob{"primaries", &Setup::primaries},
    Knob{"replicas", &Setup::replicas},
    Knob{"spares", &Setup::spares},
    Knob{"epochs_given", &Setup::epochs_given},
    Knob{"node_timeout_ms", &Setup::node_timeout_ms},
    Knob{"tick_ms", &Setup::tick_ms},
    Knob{"delay_least_us", &Setup::delay_least_us},
    Knob{"delay_most_us", &Setup::delay_most_us},
    Knob{"spike_per_mille", &Setup::spike_per_mille},
    Knob{"spike_ms", &Setup::spike_ms},
    Knob{"disk_least_us", &Setup::disk_least_us},
    Knob{"disk_most_us", &Setup::disk_most_us},
    Knob{"clock_ppm", &Setup::clock_ppm},
    Knob{"codec", &Setup::codec},
    Knob{"crash_evidence", &Setup::crash_evidence},
    Knob{"host_evidence", &Setup::host_evidence},
    Knob{"pulsing_voters", &Setup::pulsing_voters},
    Knob{"witnesses", &Setup::witnesses},
    Knob{"ask_spacing_ms", &Setup::ask_spacing_ms},
    Knob{"redis_like", &Setup::redis_like},
    Knob{"full_coverage", &Setup::full_coverage},
    Knob{"replica_migration", &Setup::replica_migration},
    Knob{"validity_factor", &Setup::validity_factor},
    Knob{"replication_ping_ms", &Setup::replication_ping_ms},
    Knob{"clients", &Setup::clients},
    Knob{"client_pause_ms", &Setup::client_pause_ms},
    Knob{"wait_per_mille", &Setup::wait_per_mille},
    Knob{"callers", &Setup::callers},
    Knob{"persists", &Setup::persists},
    Knob{"dumps", &Setup::dumps},
    Knob{"clones", &Setup::clones},
    Knob{"danger_ms", &Setup::danger_ms},
    Knob{"drill", &Setup::drill},
};

constexpr std::array<std::string_view, 27> kinds{
    "crash",     "power_off", "pause",    "cut",    "cut_from",  "cut_pair", "reset",
    "reset_all", "half_open", "refuse",   "stall",  "slow_disk", "bad_disk", "old_disk",
    "wipe",      "move",      "failover", "forget", "meet",      "bump",     "reset_node",
    "replicate", "move_slot", "save",     "deaf",   "cut_sets",  "clone",
};

bool read_step(std::istream& in, std::string_view kind, Time at, Plan& plan) {
    const auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) return false;
    Step step{at, static_cast<Step::Kind>(found - kinds.begin())};
    if (!(in >> step.a >> step.b >> step.c)) return false;
    plan.steps.push_back(step);
    return true;
}

bool read_knob(std::istream& in, std::string_view name, Setup& setup) {
    const auto found = std::find_if(all_knobs.begin(), all_knobs.end(),
                                    [&](const Knob& knob) { return knob.name == name; });
    return found != all_knobs.end() && (in >> setup.*(found->value));
}

}  // namespace

std::span<const Knob> knobs() {
    return all_knobs;
}

std::span<const std::string_view> step_names() {
    return kinds;
}

std::string_view name_of(Step::Kind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

std::string to_text(const Step& step) {
    std::ostringstream out;
    out << "at " << step.at.count() << ' ' << name_of(step.kind) << ' ' << step.a << ' ' << step.b
        << ' ' << step.c;
    return out.str();
}

std::string to_text(const Plan& plan) {
    std::ostringstream out;
    const Setup usual;
    for (const Knob& knob : all_knobs) {
        if (plan.setup.*knob.value == usual.*knob.value) continue;
        out << knob.name << ' ' << plan.setup.*knob.value << '\n';
    }
    for (const Step& step : plan.steps) out << to_text(step) << '\n';
    return out.str();
}

Result<Plan> parse_plan(std::string_view text) {
    Plan plan;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream in(line);
        std::string word;
        std::int64_t at = 0;
        if (!(in >> word)) continue;
        const bool read = word == "at" ? in >> at >> word && read_step(in, word, Time{at}, plan)
                                       : read_knob(in, word, plan.setup);
        if (!read) return Error{"ERR not a line of a plan: " + line};
    }
    return plan;
}

}  // namespace grapevine::sim
