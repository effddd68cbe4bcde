#include "node/observe/stats.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::observe;

TEST_CASE("the numbers of several workers add up, the longest turn is the longest of all",
          "[observe]") {
    WorkerStats one(2);
    one.of(0) += CommandUsage{.calls = 3, .ticks = 30, .rejected = 1, .failed = 1};
    one.count_error("ERR");
    one.input_bytes = 100;
    one.count_turn(20);
    one.count_turn(50);
    WorkerStats other(2);
    other.of(0).calls = 1;
    other.of(1).calls = 2;
    other.count_error("ERR");
    other.count_error("MOVED");
    other.input_bytes = 11;
    other.count_turn(30);

    one.add(other);

    CHECK(one.commands_processed() == 6);
    CHECK(one.of(0).calls == 4);
    CHECK(one.of(0).ticks == 30);
    CHECK(one.of(1).calls == 2);
    CHECK(one.errors() == WorkerStats::Errors{{"ERR", 2}, {"MOVED", 1}});
    CHECK(one.error_replies() == 3);
    CHECK(one.input_bytes == 111);
    CHECK(one.loop_turns == 3);
    CHECK(one.longest_turn_usec == 50);
}

TEST_CASE("made-up error codes cannot grow the node without bound", "[observe]") {
    WorkerStats stats;
    for (int i = 0; i < 1000; ++i) stats.count_error("E" + std::to_string(i));

    CHECK(stats.errors().size() == 129);
    CHECK(stats.errors().at("OTHER") == 872);
    CHECK(stats.error_replies() == 1000);
}

TEST_CASE("after a reset all numbers are zero and the commands still known", "[observe]") {
    WorkerStats stats(3);
    stats.of(2).calls = 5;
    stats.expired_keys = 7;

    stats.reset();

    CHECK(stats.commands().size() == 3);
    CHECK(stats.commands_processed() == 0);
    CHECK(stats.expired_keys == 0);
}
