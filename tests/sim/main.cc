// grapevine-sim: whole clusters of the real gossip cores, from seeds.
#include <algorithm>
#include <iostream>
#include <unistd.h>

#include "tests/sim/options.h"
#include "tests/sim/print.h"
#include "tests/sim/print_figures.h"
#include "tests/sim/shrink.h"

namespace grapevine::sim {
namespace {

void erase_line() {
    if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K";
}

void show_progress(const Report& report) {
    if (isatty(STDERR_FILENO) == 0 || report.seeds % 16 != 0) return;
    erase_line();
    std::cerr << report.seeds << " seeds, " << report.findings.size() << " violations, "
              << static_cast<std::uint64_t>(report.seeds_per_hour()) << " seeds/h" << std::flush;
}

void tell(const Plan& plan) {
    const Outcome outcome = run(plan, true);
    for (const std::string& line : outcome.story) std::cout << line << '\n';
}

// At once: a long run may be stopped.
void tell(const Finding& finding) {
    erase_line();
    std::cout << "seed " << finding.seed << ": " << finding.violation.invariant << ": "
              << finding.violation.what << std::endl;
}

void reduce(const Plan& plan, const Violation& violation) {
    const Plan small = shrink(plan, violation, [](std::size_t steps) {
        if (isatty(STDERR_FILENO) == 0) return;
        erase_line();
        std::cerr << steps << " steps left" << std::flush;
    });
    erase_line();
    tell(small);
    std::cout << '\n' << as_test(small, *run(small).violation);
}

int run_plan(const Options& options) {
    const Planted planted(options.mutant);
    if (options.trace) tell(*options.plan);
    const Outcome outcome = run(*options.plan);
    if (!outcome.violation) {
        std::cout << "nothing is violated\n";
        return 0;
    }
    std::cout << outcome.violation->invariant << ": " << outcome.violation->what << '\n';
    if (options.shrink) reduce(*options.plan, *outcome.violation);
    return 1;
}

int run_seeds(const Options& options) {
    const Planted planted(options.mutant);
    if (options.trace) {
        for (std::uint64_t i = 0; i < std::max<std::uint64_t>(1, options.limits.seeds); ++i) {
            std::cout << "seed " << options.seed + i << '\n';
            tell(draw_plan(options.seed + i, options.wishes));
        }
        if (!options.shrink) return 0;
    }
    std::size_t told = 0;
    const auto progress = [&](const Report& so_far) {
        for (; told < so_far.findings.size() && !options.json; ++told) tell(so_far.findings[told]);
        show_progress(so_far);
    };
    const Report report = run_campaign(options.seed, options.limits, options.wishes, progress);
    erase_line();
    if (options.json) {
        print_json(std::cout, options.seed, report);
    } else {
        print(std::cout, report);
    }
    if (options.shrink && !report.findings.empty()) {
        const Finding& first = report.findings.front();
        reduce(draw_plan(first.seed, options.wishes), first.violation);
    }
    return report.findings.empty() ? 0 : 1;
}

int hunt_mutants(const Options& options) {
    std::vector<Hunt> hunts;
    const bool named = name_of(options.mutant) != "none";
    for (const Mistake mutant : named ? std::vector{options.mutant} : all_mutants()) {
        hunts.push_back({mutant, hunt(mutant, options.seed, options.limits, options.wishes)});
        if (!options.json) print(std::cout, hunts.back());
        std::cout << std::flush;
    }
    const auto caught =
        std::count_if(hunts.begin(), hunts.end(), [](const Hunt& one) { return one.caught(); });
    if (options.json) print_json(std::cout, hunts);
    if (!options.json) std::cout << caught << " of " << hunts.size() << " mutants caught\n";
    return static_cast<std::size_t>(caught) == hunts.size() ? 0 : 1;
}

int print_figures(const Options& options) {
    const bool terminal = isatty(STDERR_FILENO) != 0;
    std::vector<Figures> all;
    if (!options.json) print_heading(std::cout);
    for (const FiguresWish& wish : options.figures) {
        const auto figures = take_figures(wish, [&](const std::string& what) {
            erase_line();
            if (terminal) std::cerr << what << std::flush;
        });
        erase_line();
        if (!figures) {
            std::cerr << "grapevine-sim: " << figures.error().text << '\n';
            return 1;
        }
        all.push_back(*figures);
        if (!options.json) print(std::cout, *figures);
    }
    if (options.json) print_json(std::cout, all);
    return 0;
}

}  // namespace
}  // namespace grapevine::sim

int main(int argc, char** argv) {
    using namespace grapevine::sim;
    int exit_code = 0;
    const auto options = read_options(argc, argv, exit_code);
    if (!options) return exit_code;
    if (!options->figures.empty()) return print_figures(*options);
    if (options->mutants) return hunt_mutants(*options);
    return options->plan ? run_plan(*options) : run_seeds(*options);
}
