#include "tests/sim/figures.h"

#include <algorithm>
#include <vector>

#include "tests/sim/crowd.h"
#include "tests/sim/losses.h"

namespace grapevine::sim {
namespace {

using Wall = std::chrono::steady_clock;
using Progress = std::function<void(const std::string&)>;

// Of a larger cluster only a sample has what packing remembers of every connection.
constexpr std::size_t most_measured = 200;
constexpr std::size_t sample = 50;
constexpr Time no_news = 5s;                // Then no node is new to any other.
constexpr std::size_t most_for_half = 200;  // Nodes of a cluster of which half is killed.
// A larger cluster is run with so many real cores.
constexpr std::size_t most_whole = 2'000;
constexpr std::size_t real_sample = 12;

std::size_t real_nodes(const FiguresWish& wish) {
    const std::size_t wanted = wish.real > 0 ? wish.real : real_sample;
    const bool whole = wish.real == 0 && wish.nodes <= most_whole;
    return whole ? wish.nodes : std::min(wanted, wish.nodes);
}

Setup setup_for(const FiguresWish& wish) {
    Setup setup;
    setup.seed = static_cast<std::int64_t>(wish.seed);
    const std::size_t real = real_nodes(wish);
    setup.primaries = static_cast<std::int64_t>(real / 2);
    setup.ghosts = wish.nodes - real;
    setup.node_timeout_ms = wish.node_timeout_ms;
    setup.host_evidence = 1;
    setup.clients = 0;
    if (setup.ghosts > 0 || wish.nodes > most_measured) {
        setup.codec = 0;
        setup.measured_each = setup.ghosts > 0 ? 1 : wish.nodes / sample;
    }
    return setup;
}

Spread spread_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {values[values.size() / 2], values.back()};
}

std::vector<Traffic> traffic_of(const World& world) {
    std::vector<Traffic> all;
    for (const Machine& machine : world.machines) {
        all.push_back(world.network.traffic(machine.number));
    }
    return all;
}

PeaceFigures watch_peace(World& world, Time window) {
    const auto before = traffic_of(world);
    world.run_until(world.scheduler.now() + window);
    const double seconds = static_cast<double>(window.count()) / 1e6;
    std::vector<double> bytes, wire, messages;
    for (const Machine& machine : world.machines) {
        if (!world.setup.is_measured(machine.number)) continue;
        const Traffic sent = world.network.traffic(machine.number) - before[machine.number];
        bytes.push_back(static_cast<double>(sent.bytes) / seconds);
        wire.push_back(static_cast<double>(sent.on_the_wire()) / seconds);
        messages.push_back(static_cast<double>(sent.messages) / seconds);
    }
    return {spread_of(bytes), spread_of(wire), spread_of(messages)};
}

LossFigures lose(World& world, const std::vector<std::size_t>& lost, bool with_host) {
    const auto before = traffic_of(world);
    const Time start = world.scheduler.now();
    const Time limit = start + 60s + 3 * Time{world.setup.node_timeout_ms * 1'000};
    const Losses losses(world, lost, with_host);
    (void)world.run_until(limit, [&] { return losses.served().has_value(); });
    world.run_until(world.scheduler.now() + 2s);
    LossFigures figures{losses.noticed(), losses.failed(), losses.served(), 0};
    for (const Machine& machine : world.machines) {
        if (!world.setup.is_measured(machine.number)) continue;
        const Traffic sent = world.network.traffic(machine.number) - before[machine.number];
        figures.most_bytes = std::max(figures.most_bytes, static_cast<double>(sent.bytes));
    }
    return figures;
}

// Everybody asks everybody at least once.
Time longest_round(const World& world) {
    return world.machines.front().settings.timing.rare_ping_interval(world.setup.nodes());
}

std::vector<std::size_t> half_less_one(const World& world) {
    std::vector<std::size_t> lost;
    const auto primaries = static_cast<std::size_t>(world.setup.primaries);
    for (std::size_t i = 0; i < (primaries + 1) / 2 - 1; ++i) lost.push_back(2 * i);
    return lost;
}

Error never_served(const FiguresWish& wish) {
    return {"a cluster of " + std::to_string(wish.nodes) + " nodes never came to serve"};
}

Result<LossFigures> lose_half(const FiguresWish& wish) {
    Crowd crowd(setup_for(wish));
    if (!crowd.settle()) return never_served(wish);
    return lose(crowd.world(), half_less_one(crowd.world()), false);
}

}  // namespace

RedisFormula redis_formula(std::size_t nodes, std::int64_t node_timeout_ms) {
    constexpr std::size_t shard_extension = 48;  // Of Redis 7.2 and Valkey.
    const std::size_t rumours = std::max<std::size_t>(3, nodes / 10);
    const double timeout = static_cast<double>(node_timeout_ms) / 1e3;
    return {static_cast<double>(2256 + 104 * rumours + shard_extension),
            4.0 * static_cast<double>(nodes - 1) / timeout + 2};
}

Result<Figures> take_figures(const FiguresWish& wish, const Progress& progress) {
    const auto say = [&](const char* what) {
        if (progress) progress(std::to_string(wish.nodes) + " nodes: " + what);
    };
    const auto start = Wall::now();
    Figures figures{wish, real_nodes(wish), {}, {}, {}, {}, 0, 0};
    {
        say("coming up");
        Crowd crowd(setup_for(wish));
        if (!crowd.settle()) return never_served(wish);
        World& world = crowd.world();
        say("peace");
        const Time round = longest_round(world);
        world.run_until(world.scheduler.now() + no_news + round);  // Nothing is said anew.
        figures.peace = watch_peace(world, round);
        say("a crash");
        figures.crash = lose(world, {0}, false);
        say("a lost host");
        figures.host = lose(world, {1}, true);
        figures.events = world.scheduler.done();
    }
    if (wish.nodes <= most_for_half && figures.real == wish.nodes) {
        say("half of the primaries");
        auto half = lose_half(wish);
        if (!half) return half.error();
        figures.half = *half;
    }
    figures.seconds = std::chrono::duration<double>(Wall::now() - start).count();
    return figures;
}

}  // namespace grapevine::sim
