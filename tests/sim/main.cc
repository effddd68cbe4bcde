// grapevine-sim: whole clusters of the real gossip cores, from seeds.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "tests/sim/run.h"
#include "tests/sim/swarm.h"

using namespace grapevine::sim;

int main(int argc, char** argv) {
    CLI::App app{"grapevine-sim: whole clusters of the real gossip cores, simulated from seeds"};
    std::uint64_t seed = 1, seeds = 1;
    Wishes wishes;
    bool trace = false;
    app.add_option("--seed", seed, "The first seed");
    app.add_option("--seeds", seeds, "How many");
    app.add_option("--nodes", wishes.nodes, "Nodes of every cluster");
    app.add_flag("--trace", trace, "Print the story");
    CLI11_PARSE(app, argc, argv);
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t violations = 0, tasks = 0;
    for (std::uint64_t i = seed; i < seed + seeds; ++i) {
        const Outcome outcome = run(draw_plan(i, wishes), trace);
        for (const auto& line : outcome.story) std::cout << line << '\n';
        tasks += outcome.tasks;
        if (outcome.violation) {
            ++violations;
            std::cout << "seed " << i << ": " << outcome.violation->invariant << ": "
                      << outcome.violation->what << " at "
                      << static_cast<double>(outcome.violation->at.count()) / 1e6 << '\n';
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << seeds << " seeds, " << violations << " violations, " << tasks << " tasks, "
              << took.count() << " s\n";
    return violations == 0 ? 0 : 1;
}
