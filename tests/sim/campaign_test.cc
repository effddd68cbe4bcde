// What the simulator promises about itself, and a few clusters of every kind.
#include "tests/sim/campaign.h"

#include <catch2/catch.hpp>

#include "tests/sim/mutants.h"
#include "tests/sim/shrink.h"

using namespace grapevine::sim;

TEST_CASE("nothing is violated, whatever befalls a cluster", "[sim]") {
    Limits limits;
    limits.seeds = GRAPEVINE_SIM_SEEDS;
    limits.findings = 3;
    Wishes wishes;
    wishes.danger_ms = 30'000;

    const Report report = run_campaign(20'000, limits, wishes);

    for (const Finding& finding : report.findings) {
        UNSCOPED_INFO("grapevine-sim --danger-ms 30000 --seed "
                      << finding.seed << ": " << finding.violation.invariant << ": "
                      << finding.violation.what);
    }
    CHECK(report.findings.empty());
}

TEST_CASE("a seed is the same run to the bit", "[sim]") {
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
        const Plan plan = draw_plan(seed, {0, 20'000});

        const Outcome first = run(plan);
        const Outcome second = run(plan, true);

        CHECK(first.hash == second.hash);
        CHECK(first.tasks == second.tasks);
    }
}

TEST_CASE("a plan is text and comes back from it", "[sim]") {
    const Plan plan = draw_plan(7);

    const auto read = parse_plan(to_text(plan));

    REQUIRE(read);
    CHECK(*read == plan);
}

TEST_CASE("a planted mistake is found, and its run made small", "[sim]") {
    const Planted planted(Mutant::no_fence);
    Limits limits{200, 0, 1};
    const Report report = run_campaign(1, limits, {0, 30'000});
    REQUIRE(report.findings.size() == 1);
    const Plan plan = draw_plan(report.findings[0].seed, {0, 30'000});

    const Plan small = shrink(plan, report.findings[0].violation);

    CHECK(small.steps.size() <= plan.steps.size());
    CHECK(run(small).violation->invariant == report.findings[0].violation.invariant);
}

TEST_CASE("a delay is missed where voters promise nothing", "[sim]") {
    const auto mutant = GENERATE(Mutant::no_rejoin_delay, Mutant::no_writable_delay);
    Wishes mixed{0, 30'000};
    mixed.mixed = true;

    const Report report = hunt(mutant, 1, Limits{200}, mixed);

    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].violation.invariant == "SingleServer");
}

TEST_CASE("a clone that is welcomed is noticed", "[sim]") {
    const auto plan = parse_plan(R"(
node_timeout_ms 2000
host_evidence 1
danger_ms 20000
at 3000000 clone 0 15000 0
)");
    REQUIRE(plan);

    const Outcome turned_away = run(*plan);
    const Planted planted(Mutant::twin_welcome);
    const Outcome welcomed = run(*plan);

    CHECK_FALSE(turned_away.violation);
    CHECK(turned_away.marks[static_cast<std::size_t>(Mark::twin_turned_away)] == 5);
    CHECK(turned_away.marks[static_cast<std::size_t>(Mark::copy_told)] == 1);
    REQUIRE(welcomed.violation);
    CHECK(welcomed.violation->invariant == "SingleServer");
}

TEST_CASE("hearsay against an answer in hand is noticed", "[sim]") {
    const Report report = hunt(Mutant::any_failure_believed, 1, Limits{200}, {0, 30'000});

    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].violation.invariant == "NoHearsay");
}
