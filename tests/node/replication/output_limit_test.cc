#include "node/replication/output_limit.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::replication;

TEST_CASE("a reader beyond the hard limit is given up at once", "[replication]") {
    OutputWatch watch;
    const OutputLimits limits{.hard_bytes = 1000, .soft_bytes = 100, .soft_ms = 60};

    CHECK_FALSE(watch.exceeded(limits, 1000, 0));
    CHECK(watch.exceeded(limits, 1001, 0));
}

TEST_CASE("a reader may stay above the soft limit for a while", "[replication]") {
    OutputWatch watch;
    const OutputLimits limits{.hard_bytes = 1000, .soft_bytes = 100, .soft_ms = 60};

    CHECK_FALSE(watch.exceeded(limits, 500, 0));
    CHECK_FALSE(watch.exceeded(limits, 500, 60));
    CHECK(watch.exceeded(limits, 500, 61));
}

TEST_CASE("a reader that caught up may fall behind again", "[replication]") {
    OutputWatch watch;
    const OutputLimits limits{.hard_bytes = 1000, .soft_bytes = 100, .soft_ms = 60};
    watch.exceeded(limits, 500, 0);
    watch.exceeded(limits, 100, 50);

    CHECK_FALSE(watch.exceeded(limits, 500, 70));
    CHECK_FALSE(watch.exceeded(limits, 500, 130));
}

TEST_CASE("a limit of zero bytes is no limit", "[replication]") {
    OutputWatch watch;
    const OutputLimits none{.hard_bytes = 0, .soft_bytes = 0, .soft_ms = 0};

    CHECK_FALSE(watch.exceeded(none, 1u << 30, 1000));
}
