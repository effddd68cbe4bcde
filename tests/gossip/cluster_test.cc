// Whole clusters of cores in memory: the ordinary life of one.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

TEST_CASE("a cluster of six forms in less than two seconds", "[gossip]") {
    Village village(1);
    const Instant begin = village.now();

    village.found(3, 1);

    CHECK(village.now() - begin < Duration{2'000 + 5'000});  // found() waits 5 s at its end.
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(village.status(i).serving);
        CHECK(village.status(i).size == 3);
        CHECK(village.owner(i, 0) == 0u);
        CHECK(village.owner(i, 16383) == 2u);
    }
}

TEST_CASE("the replica of a killed primary takes over within half a second", "[gossip]") {
    Village village(2);
    village.found(3, 1);
    const auto epoch = village.status(1).current_epoch;

    village.kill(0);
    const bool replaced =
        village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{500});

    REQUIRE(replaced);
    village.run(Duration{500});
    CHECK(village.count<Promoted>(3) == 1);
    CHECK(village.member(1, 3).config_epoch == epoch + 1);
    CHECK(village.owner(2, 0) == 3u);
    CHECK(village.sees(2, 0, flag_failed));
}

TEST_CASE("the other shards never stop serving while one fails over", "[gossip]") {
    Village village(3);
    village.found(3, 1);
    bool served = true;
    village.after_each = [&] {
        for (const std::size_t i : {1, 2, 4, 5}) {
            served = served && village.node(i).topology()->serving &&
                     !village.node(i).topology()->fenced;
        }
    };

    village.kill(0);
    village.run(Duration{5'000});

    CHECK(served);
    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a primary that returns after its replacement follows the new one", "[gossip]") {
    Village village(4);
    village.found(3, 1);
    village.kill(0);
    village.run(Duration{2'000});

    village.restart(0);
    bool served = false;
    village.after_each = [&] {
        const auto map = village.node(0).topology();
        const bool own = map->owner[0] == map->self;
        served = served || (own && map->serving && !map->fenced);
    };
    village.run(Duration{5'000});

    CHECK_FALSE(served);
    CHECK(village.member(0, 0).primary == village.id(3));
    CHECK(village.member(1, 0).primary == village.id(3));
    CHECK(village.count<Follow>(0) == 1);
    CHECK_FALSE(village.sees(1, 0, flag_failed));
}
