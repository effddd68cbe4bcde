#include "tests/sim/options.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

namespace grapevine::sim {
namespace {

constexpr const char* about =
    "grapevine-sim: whole clusters of the real gossip cores, in one thread, from seeds.\n"
    "Every seed is another cluster with other faults; the same seed is the same run to the bit.\n"
    "Exit code: 0 nothing was violated (with --mutants: every mutant was caught), 1 something was\n"
    "(or was not), 2 the command line is wrong.";

struct Given {
    std::optional<std::uint64_t> seed;
    std::optional<std::uint64_t> seeds;
    std::optional<double> minutes;
    std::string mutant;
    std::string plan;
    std::vector<std::size_t> figures;
    std::vector<double> timeouts{15};
    std::size_t real = 0;
};

void declare(CLI::App& app, Options& options, Given& given) {
    app.add_option("--seed", given.seed, "The first seed; a fresh one unless given");
    app.add_option("--seeds", given.seeds,
                   "How many seeds to run (1; with --mutants at most so "
                   "many for each: 10000)");
    app.add_option("--minutes", given.minutes, "Run seeds for so many minutes instead");
    app.add_option("--nodes", options.wishes.nodes,
                   "Nodes of every cluster, in place of a drawn "
                   "number")
        ->check(CLI::Range(1, 60));
    app.add_flag("--large", options.wishes.large,
                 "Every cluster keeps to the rules of large ones: see gossip/witnesses.h");
    app.add_flag("--mixed", options.wishes.mixed,
                 "In every cluster most voters promise nothing, like Redis's");
    app.add_option("--danger-ms", options.wishes.danger_ms, "Virtual time for which faults go on");
    app.add_option("--plan", given.plan, "Run the plan in this file instead of a seed's")
        ->check(CLI::ExistingFile);
    app.add_flag("--trace", options.trace, "Tell the story of each run");
    app.add_flag("--shrink", options.shrink,
                 "Reduce the first failing run, and print it as a test "
                 "to keep");
    app.add_option("--mutant", given.mutant, "Plant this mistake (a name or a number)");
    app.add_flag("--mutants", options.mutants,
                 "Plant each mistake in turn, or the one of --mutant: all have to be caught");
    app.add_option("--figures", given.figures,
                   "What clusters of so many nodes cost in peace, and how fast they mend: a table")
        ->expected(0, -1)
        ->default_str("10 100 1000")
        ->check(CLI::Range(6, 10'000));
    app.add_option("--timeouts", given.timeouts,
                   "With --figures: the node timeouts, in seconds (15)")
        ->check(CLI::Range(0.2, 60.0));
    app.add_option("--real", given.real,
                   "With --figures: run so many nodes as real cores, the others are stand-ins "
                   "(all up to 2000 nodes, else 12)")
        ->check(CLI::Range(6, 10'000));
    app.add_flag("--json", options.json, "Print the result as JSON");
}

bool read_mutant(const std::string& text, Options& options) {
    if (text.empty()) return true;
    const auto all = all_mutants();
    if (text.find_first_not_of("0123456789") == std::string::npos) {
        const std::size_t number = std::strtoull(text.c_str(), nullptr, 10);
        if (number < 1 || number > all.size()) return false;
        options.mutant = all[number - 1];
        return true;
    }
    const auto named = mutant_called(text);
    if (named) options.mutant = *named;
    return named.has_value();
}

bool read_plan_file(const std::string& path, Options& options) {
    if (path.empty()) return true;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto plan = parse_plan(text.str());
    if (!plan) {
        std::cerr << "grapevine-sim: " << plan.error().text << '\n';
        return false;
    }
    options.plan = *std::move(plan);
    return true;
}

void wish_for_figures(const Given& given, Options& options) {
    for (const double timeout : given.timeouts) {
        for (const std::size_t nodes : given.figures) {
            FiguresWish wish{nodes / 2 * 2, static_cast<std::int64_t>(timeout * 1e3)};
            wish.real = given.real / 2 * 2;
            if (given.seed) wish.seed = *given.seed;
            options.figures.push_back(wish);
        }
    }
}

void apply(const Given& given, Options& options) {
    wish_for_figures(given, options);
    options.seed = given.seed ? *given.seed : std::random_device{}();
    options.limits.seconds = given.minutes.value_or(0) * 60;
    options.limits.seeds = given.minutes ? 0 : options.mutants ? 10'000 : 1;
    if (given.seeds) options.limits.seeds = *given.seeds;
    if (options.shrink) options.limits.findings = 1;
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv, int& exit_code) {
    Options options;
    Given given;
    CLI::App app{about};
    declare(app, options, given);
    try {
        app.parse(argc, argv);
        const bool none_named = app.count("--figures") > 0 && given.figures.empty();
        if (none_named) given.figures = {10, 100, 1'000};
    } catch (const CLI::ParseError& error) {
        exit_code = app.exit(error) == 0 ? 0 : 2;
        return {};
    }
    exit_code = 2;
    if (!read_mutant(given.mutant, options)) {
        std::cerr << "grapevine-sim: no mutant '" << given.mutant << "'; there are:\n";
        for (const Mistake mutant : all_mutants()) std::cerr << "  " << name_of(mutant) << '\n';
        return {};
    }
    if (!read_plan_file(given.plan, options)) return {};
    apply(given, options);
    return options;
}

}  // namespace grapevine::sim
