#include "tests/sim/swarm.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "tests/sim/chance.h"
#include "tests/sim/plots.h"

namespace grapevine::sim {
namespace {

using Kind = Step::Kind;

template <std::size_t size>
std::int64_t one_of(Chance& chance, const std::int64_t (&choices)[size]) {
    return choices[chance.below(size)];
}

void draw_cluster(Chance& chance, Setup& setup, const Wishes& wishes) {
    setup.primaries = one_of(chance, {1, 2, 3, 3, 3, 3, 4, 5});
    setup.replicas = one_of(chance, {0, 1, 1, 1, 2});
    setup.spares = one_of(chance, {0, 0, 0, 1});
    if (wishes.nodes > 0) {
        setup.replicas = wishes.nodes > 1 ? 1 : 0;
        setup.primaries = std::max<std::int64_t>(1, wishes.nodes / 2);
        setup.spares = wishes.nodes - setup.primaries * (1 + setup.replicas);
    }
}

void draw_timing(Chance& chance, Setup& setup) {
    setup.node_timeout_ms = one_of(chance, {200, 500, 1'000, 2'000, 5'000, 15'000});
    setup.clock_ppm = one_of(chance, {0, 0, 100, 500});
    setup.delay_least_us = one_of(chance, {50, 100, 500, 5'000});
    // A round trip has to fit into the fence, many times: no cluster stands on a slower network.
    setup.delay_most_us = std::min(setup.delay_least_us * one_of(chance, {1, 2, 5, 10}),
                                   setup.node_timeout_ms * 1'000 / 10);
    setup.spike_per_mille = one_of(chance, {0, 0, 0, 5, 50});
    setup.spike_ms = one_of(chance, {20, 100, 200, 400});
    setup.disk_most_us = one_of(chance, {500, 5'000, 50'000, 300'000});
    setup.clients = one_of(chance, {0, 1, 2, 4});
    setup.client_pause_ms = one_of(chance, {50, 200, 1'000});
    setup.wait_per_mille = one_of(chance, {0, 100, 500});
    setup.codec = chance.happens(250) ? 1 : 0;
}

void draw_features(Chance& chance, Setup& setup) {
    setup.epochs_given = chance.happens(800) ? 1 : 0;
    setup.crash_evidence = chance.happens(750) ? 1 : 0;
    setup.full_coverage = chance.happens(700) ? 1 : 0;
    setup.replica_migration = chance.happens(700) ? 1 : 0;
    setup.validity_factor = one_of(chance, {10, 10, 0, 1});
    setup.replication_ping_ms = one_of(chance, {10'000, 1'000});
}

// What only large clusters do, in a small one.
void make_large(Chance& chance, Setup& setup) {
    setup.primaries = one_of(chance, {4, 5, 7, 7, 9, 9});
    setup.replicas = 1;
    setup.node_timeout_ms = one_of(chance, {2'000, 5'000, 15'000});
    setup.pulsing_voters = one_of(chance, {1, 2, 3});
    setup.witnesses = one_of(chance, {3, 3, 4, 5});
    setup.ask_spacing_ms = one_of(chance, {15, 200, 1'000});
    setup.host_evidence = setup.crash_evidence = 1;
}

// Most voters are like Redis's: what they answer promises nothing, and they believe in a crash
// after the node timeout only.
void make_mixed(Chance& chance, Setup& setup) {
    setup.primaries = one_of(chance, {3, 3, 3, 4, 5});
    setup.replicas = one_of(chance, {1, 1, 2});
    setup.spares = 0;
    setup.redis_like = setup.primaries - 1;
    setup.node_timeout_ms = one_of(chance, {500, 1'000, 2'000});
    setup.delay_most_us = std::min(setup.delay_most_us, setup.node_timeout_ms * 1'000 / 10);
    setup.spike_per_mille = 0;
    setup.crash_evidence = setup.host_evidence = 0;
    setup.persists = 1;
    setup.dumps = setup.clones = 0;
    const Setup usual;
    setup.pulsing_voters = usual.pulsing_voters;
    setup.witnesses = usual.witnesses;
    setup.ask_spacing_ms = usual.ask_spacing_ms;
}

constexpr std::int64_t clones_per_mille = 40;

// Two voters, or none that promises anything, cannot.
bool can_turn_away(const Setup& setup) {
    return setup.redis_like == 0 && setup.primaries >= 3;
}

void add_clones(Chance& chance, const Setup& setup, std::vector<Step>& steps) {
    const auto machines = static_cast<std::int64_t>(setup.machines());
    for (std::int64_t count = chance.between(1, 4); count > 0; --count) {
        Step step{std::chrono::milliseconds(chance.between(0, setup.danger_ms)), Kind::clone};
        step.a = chance.between(0, (chance.happens(700) ? setup.primaries : machines) - 1);
        step.b = one_of(chance, {chance.between(1, 3'000), chance.between(3'000, 30'000)});
        step.c = chance.happens(300) ? chance.between(1, 8) : 0;
        steps.push_back(step);
    }
}

struct Danger {
    Kind kind;
    std::int64_t per_mille;  // Of seeds in which it exists.
};
constexpr std::array dangers{
    Danger{Kind::crash, 600},     Danger{Kind::power_off, 300}, Danger{Kind::pause, 400},
    Danger{Kind::cut, 400},       Danger{Kind::cut_from, 200},  Danger{Kind::cut_pair, 250},
    Danger{Kind::reset, 250},     Danger{Kind::reset_all, 200}, Danger{Kind::half_open, 150},
    Danger{Kind::refuse, 150},    Danger{Kind::stall, 200},     Danger{Kind::slow_disk, 250},
    Danger{Kind::bad_disk, 200},  Danger{Kind::move, 100},      Danger{Kind::failover, 300},
    Danger{Kind::bump, 100},      Danger{Kind::save, 50},       Danger{Kind::old_disk, 40},
    Danger{Kind::wipe, 50},       Danger{Kind::forget, 60},     Danger{Kind::meet, 60},
    Danger{Kind::reset_node, 50}, Danger{Kind::replicate, 50},  Danger{Kind::move_slot, 120},
};

// Short ones mostly; some much longer than the node timeout.
std::int64_t draw_length(Chance& chance, const Setup& setup) {
    const std::int64_t timeout = setup.node_timeout_ms;
    return one_of(chance, {chance.between(1, 300), chance.between(1, timeout),
                           chance.between(timeout, 3 * timeout)});
}

Step draw_step(Chance& chance, const Setup& setup, Kind kind) {
    const auto machines = static_cast<std::int64_t>(setup.machines());
    Step step{std::chrono::milliseconds(chance.between(0, setup.danger_ms)), kind};
    const bool sides = kind == Kind::cut || kind == Kind::cut_from;
    const bool pair = kind == Kind::cut_pair || kind == Kind::reset || kind == Kind::half_open ||
                      kind == Kind::stall || kind == Kind::meet || kind == Kind::replicate ||
                      kind == Kind::move_slot;
    step.a = sides ? chance.between(1, (std::int64_t{1} << machines) - 1)
                   : chance.between(0, machines - 1);
    // Mostly an island of one.
    if (sides && chance.happens(600)) step.a = std::int64_t{1} << chance.between(0, machines - 1);
    if (kind == Kind::move_slot) step.a = chance.between(0, 2 * setup.primaries - 1);
    step.b = pair ? chance.between(0, machines - 1) : draw_length(chance, setup);
    step.c = kind == Kind::stall || kind == Kind::slow_disk
                 ? one_of(chance, {10, 100, 1'000, 5'000})
                 : draw_length(chance, setup);
    if (kind == Kind::old_disk) step.c = chance.between(1, 8);
    if (kind == Kind::refuse || kind == Kind::move_slot) step.c = chance.between(0, 1);
    return step;
}

std::vector<Step> draw_steps(Chance& chance, const Setup& setup) {
    std::vector<Step> steps;
    for (const Danger& danger : dangers) {
        if (!chance.happens(danger.per_mille)) continue;
        const std::int64_t most = 1 + setup.danger_ms / one_of(chance, {60'000, 20'000, 8'000});
        for (std::int64_t count = chance.between(1, most); count > 0; --count) {
            steps.push_back(draw_step(chance, setup, danger.kind));
        }
    }
    return steps;
}

}  // namespace

Plan draw_plan(std::uint64_t seed, const Wishes& wishes) {
    Chance chance(seed, "swarm");
    Plan plan;
    plan.setup.seed = static_cast<std::int64_t>(seed);
    draw_cluster(chance, plan.setup, wishes);
    draw_timing(chance, plan.setup);
    draw_features(chance, plan.setup);
    Chance large(seed, "large");
    const bool is_large = (large.happens(80) || wishes.large) && wishes.nodes == 0;
    if (is_large) make_large(large, plan.setup);
    plan.setup.danger_ms =
        wishes.danger_ms > 0 ? wishes.danger_ms : one_of(chance, {20'000, 60'000, 120'000});
    plan.setup.persists = Chance(seed, "persistence").happens(120) ? 0 : 1;
    const bool dumps = plan.setup.persists == 0 && Chance(seed, "dumps").happens(500);
    plan.setup.dumps = dumps ? 1 : 0;
    plan.setup.clones = dumps && Chance(seed, "clones").happens(500) ? 1 : 0;
    plan.setup.callers = Chance(seed, "callers").happens(250) ? 2 : 0;
    plan.steps = draw_steps(chance, plan.setup);
    Chance hosts(seed, "hosts");
    const bool believed = hosts.happens(750) || plan.setup.host_evidence != 0;
    plan.setup.host_evidence = believed ? plan.setup.crash_evidence : 0;
    Chance plots(seed, "plots");
    add_plots(plots, plan.setup, plan.steps);
    if (plan.setup.host_evidence != 0) add_host_plots(hosts, plan.setup, plan.steps);
    if (is_large) add_large_plots(large, plan.setup, plan.steps);
    Chance successions(seed, "successions");
    add_succession_plots(successions, plan.setup, plan.steps);
    Chance mixed(seed, "mixed");
    if ((mixed.happens(30) || wishes.mixed) && wishes.nodes == 0) {
        make_mixed(mixed, plan.setup);
        plan.steps = mixed_plot(mixed, plan.setup);  // No cluster with Redis stands anything else.
    }
    Chance clones(seed, "twins");
    if (clones.happens(clones_per_mille) && can_turn_away(plan.setup) && wishes.nodes == 0) {
        add_clones(clones, plan.setup, plan.steps);
    }
    std::stable_sort(plan.steps.begin(), plan.steps.end(),
                     [](const Step& a, const Step& b) { return a.at < b.at; });
    return plan;
}

}  // namespace grapevine::sim
