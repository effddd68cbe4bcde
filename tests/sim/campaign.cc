#include "tests/sim/campaign.h"

namespace grapevine::sim {
namespace {

using Wall = std::chrono::steady_clock;

void add(Report& report, std::uint64_t seed, const Outcome& outcome) {
    ++report.seeds;
    report.tasks += outcome.tasks;
    report.simulated += outcome.lasted;
    report.hash = (report.hash ^ outcome.hash) * 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < mark_count; ++i) report.marks[i] += outcome.marks[i];
    if (outcome.violation) report.findings.push_back({seed, *outcome.violation});
}

bool is_over(const Report& report, const Limits& limits) {
    return (limits.seeds > 0 && report.seeds >= limits.seeds) ||
           (limits.seconds > 0 && report.seconds >= limits.seconds) ||
           (limits.findings > 0 && report.findings.size() >= limits.findings);
}

}  // namespace

std::vector<std::string> Report::marks_missed() const {
    std::vector<std::string> missed;
    for (std::size_t i = 0; i < mark_count; ++i) {
        if (marks[i] == 0) missed.emplace_back(mark_names[i]);
    }
    return missed;
}

std::map<std::string, std::pair<std::size_t, std::uint64_t>> Report::by_invariant() const {
    std::map<std::string, std::pair<std::size_t, std::uint64_t>> found;
    for (const Finding& finding : findings) {
        auto& [count, first] = found[finding.violation.invariant];
        if (count++ == 0) first = finding.seed;
    }
    return found;
}

Report run_campaign(std::uint64_t seed, const Limits& limits, const Wishes& wishes,
                    const std::function<void(const Report&)>& progress) {
    Report report;
    const auto start = Wall::now();
    do {
        add(report, seed, run(draw_plan(seed, wishes)));
        ++seed;
        report.seconds = std::chrono::duration<double>(Wall::now() - start).count();
        if (progress) progress(report);
    } while (!is_over(report, limits));
    return report;
}

}  // namespace grapevine::sim
