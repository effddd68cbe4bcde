#include <catch2/catch.hpp>
#include <map>

#include "client/route/router.h"

namespace grapevine::client::route {
namespace {

using namespace std::chrono_literals;

constexpr Instant start = Instant(100s);

// One shard of three: node 0 is the primary.
Router router_of_three() {
    Router router({{.host = "a", .port = 1}}, 7);
    const std::string text =
        "*1\r\n*5\r\n:0\r\n:16383\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$1\r\nb\r\n:1\r\n"
        "*2\r\n$1\r\nc\r\n:1\r\n";
    REQUIRE(router.question(start) == NodeIndex(0));
    REQUIRE(router.learned(*SlotMap::parse(Reply(text), 0, router.directory()), start));
    return router;
}

std::map<NodeIndex, int> shares(Router& router, ReadFrom from, int reads, Instant now = start) {
    std::map<NodeIndex, int> result;
    Trip trip;
    trip.started = now;
    for (int i = 0; i < reads; ++i)
        ++result[router.route({.slot = 5, .traits = Trait::reads, .from = from}, trip)];
    return result;
}

TEST_CASE("reads from any go to all in turn", "[client]") {
    Router router = router_of_three();

    CHECK(shares(router, ReadFrom::any, 30) == std::map<NodeIndex, int>{{0, 10}, {1, 10}, {2, 10}});
}

TEST_CASE("writes, and reads after a setback, go to the primary", "[client]") {
    Router router = router_of_three();
    Trip refused{.started = start, .setbacks = 1};
    Trip moved{.started = start, .redirects = 1};
    for (int i = 0; i < 3; ++i) {
        CHECK(router.route({.slot = 5, .from = ReadFrom::any}, Trip{}) == 0);
        const Facts read{.slot = 5, .traits = Trait::reads, .from = ReadFrom::any};
        CHECK(router.route(read, refused) == 0);
        CHECK(router.route(read, moved) == 0);
    }
}

TEST_CASE("nearest goes to the fastest and measures the others now and then", "[client]") {
    Router router = router_of_three();
    router.measured(0, 300us);
    router.measured(1, 100us);
    router.measured(2, 200us);

    auto share = shares(router, ReadFrom::nearest, 640);

    CHECK(share[1] >= 630);
    CHECK(share[0] + share[2] > 0);
}

TEST_CASE("a replica that is loading is left alone for a while", "[client]") {
    Router router = router_of_three();
    Trip trip{.started = start};
    router.refused({.slot = 5, .traits = Trait::reads, .from = ReadFrom::any}, trip, 1,
                   "LOADING Redis is loading the dataset in memory", start);

    CHECK(shares(router, ReadFrom::any, 30).count(1) == 0);
    CHECK(shares(router, ReadFrom::any, 30, start + 2s)[1] == 10);
}

TEST_CASE("a replica that is down is tried again after a while, and at once when it is up",
          "[client]") {
    Router router = router_of_three();
    router.down(2, start + 1s);

    CHECK(shares(router, ReadFrom::any, 30).count(2) == 0);
    CHECK(shares(router, ReadFrom::any, 30, start + 1s)[2] == 10);
    router.up(2);
    CHECK(shares(router, ReadFrom::any, 30)[2] == 10);
}

TEST_CASE("bounded reads need offsets that are fresh and close", "[client]") {
    Router router = router_of_three();
    router.set_most_lag(100);
    CHECK(shares(router, ReadFrom::bounded, 30) == std::map<NodeIndex, int>{{0, 30}});
    CHECK(router.wants_offsets());
    CHECK_FALSE(router.wants_offsets());

    router.offset(0, 1000, start);
    router.offset(1, 900, start);
    router.offset(2, 899, start);
    CHECK(shares(router, ReadFrom::bounded, 30).count(2) == 0);
    CHECK(shares(router, ReadFrom::bounded, 30)[1] > 0);

    router.offset(1, {}, start);  // It lost its primary.
    CHECK(shares(router, ReadFrom::bounded, 30) == std::map<NodeIndex, int>{{0, 30}});
    router.offset(1, 1000, start);
    CHECK(shares(router, ReadFrom::bounded, 30, start + 1s) == std::map<NodeIndex, int>{{0, 30}});
}

TEST_CASE("the map is fetched more often while replicas are read from", "[client]") {
    Router router = router_of_three();
    REQUIRE(router.next_question() == start + 60s);

    shares(router, ReadFrom::any, 1);

    CHECK(router.next_question() == start + 2s);
}

}  // namespace
}  // namespace grapevine::client::route
