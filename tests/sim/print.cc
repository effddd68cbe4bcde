#include "tests/sim/print.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace grapevine::sim {
namespace {

double in_seconds(Time time) {
    return static_cast<double>(time.count()) / 1e6;
}

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    char text[160];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

nlohmann::json to_json(const Finding& finding) {
    return {{"seed", finding.seed},
            {"invariant", finding.violation.invariant},
            {"what", finding.violation.what},
            {"at_seconds", in_seconds(finding.violation.at)}};
}

}  // namespace

void print(std::ostream& out, const Report& report) {
    constexpr std::uint64_t long_run = 200;
    for (const auto& [invariant, found] : report.by_invariant()) {
        out << invariant << " violated " << found.first << " times, first by seed " << found.second
            << '\n';
    }
    if (report.seeds >= long_run) {
        for (const auto& mark : report.marks_missed()) out << "never happened: " << mark << '\n';
    }
    out << report.seeds << " seeds, " << report.findings.size() << " violations"
        << formatted("; %.1f virtual hours in %.1f s, %.0f seeds/h, %.2f M events/s",
                     in_seconds(report.simulated) / 3'600, report.seconds, report.seeds_per_hour(),
                     static_cast<double>(report.tasks) / 1e6 / std::max(report.seconds, 1e-9))
        << '\n';
}

void print_json(std::ostream& out, std::uint64_t seed, const Report& report) {
    nlohmann::json json{{"first_seed", seed},
                        {"seeds", report.seeds},
                        {"events", report.tasks},
                        {"hash", report.hash},
                        {"virtual_seconds", in_seconds(report.simulated)},
                        {"wall_seconds", report.seconds},
                        {"seeds_per_hour", report.seeds_per_hour()},
                        {"violations", nlohmann::json::array()},
                        {"marks", nlohmann::json::object()}};
    for (const Finding& finding : report.findings) json["violations"].push_back(to_json(finding));
    for (std::size_t i = 0; i < mark_count; ++i) {
        json["marks"][std::string(mark_names[i])] = report.marks[i];
    }
    out << json.dump(2) << '\n';
}

void print(std::ostream& out, const Hunt& hunt) {
    out << formatted("%-24s ", std::string(name_of(hunt.mutant)).c_str());
    if (!hunt.caught()) {
        out << "NOT caught by " << hunt.report.seeds << " seeds\n";
        return;
    }
    out << "caught by " << hunt.report.findings[0].violation.invariant << " after "
        << hunt.report.seeds << " seeds (" << hunt.report.findings[0].seed << ")\n";
}

void print_json(std::ostream& out, const std::vector<Hunt>& hunts) {
    auto json = nlohmann::json::array();
    for (const Hunt& hunt : hunts) {
        json.push_back({{"mutant", name_of(hunt.mutant)},
                        {"caught", hunt.caught()},
                        {"seeds", hunt.report.seeds}});
        if (hunt.caught()) json.back()["violation"] = to_json(hunt.report.findings[0]);
    }
    out << json.dump(2) << '\n';
}

}  // namespace grapevine::sim
