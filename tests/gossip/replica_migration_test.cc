// A shard without replicas gets one from a shard that can spare it.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

// Three shards; 3 follows 0, 4 follows 1, 5 follows 2, and so do 6 and 7.
void found_uneven(Village& village, Settings settings = {}) {
    village.found(3, 1, settings);
    for (std::size_t extra = 6; extra < 8; ++extra) {
        village.add(settings);
        const auto port = static_cast<std::uint16_t>(7000 + extra);
        const auto bus = static_cast<std::uint16_t>(17000 + extra);
        REQUIRE(village.obey(0, Meet{village.house(extra).host(), port, bus}));
        REQUIRE(village.run_until(
            [&] {
                return village.status(extra).members.size() == village.size() &&
                       village.status(extra).serving;
            },
            Duration{10'000}));
        REQUIRE(village.obey(extra, Replicate{village.id(2)}));
    }
    village.run(Duration{10'000});
}

std::size_t replicas_of(Village& village, std::size_t primary) {
    std::size_t count = 0;
    for (const auto& member : village.status(2).members)
        count += member.primary == village.id(primary) && (member.flags & flag_failed) == 0;
    return count;
}

}  // namespace

TEST_CASE("an orphaned primary gets one replica of the shard that has most", "[gossip]") {
    Village village(71);
    found_uneven(village);
    REQUIRE(replicas_of(village, 2) == 3);

    village.kill(3);
    village.run(Duration{4'000});
    CHECK(replicas_of(village, 0) == 0);
    village.run(Duration{10'000});

    CHECK(replicas_of(village, 0) == 1);
    CHECK(replicas_of(village, 2) == 2);
    CHECK(replicas_of(village, 1) == 1);
}

TEST_CASE("a primary that was promoted without siblings is an orphan too", "[gossip]") {
    Village village(72);
    found_uneven(village);

    village.kill(0);
    village.run(Duration{20'000});

    CHECK(village.owner(2, 0) == 3u);
    CHECK(replicas_of(village, 3) == 1);
}

TEST_CASE("nobody moves when it is not allowed, or would leave too few behind", "[gossip]") {
    Settings settings;
    const bool allowed = GENERATE(false, true);
    settings.allow_replica_migration = allowed;
    if (allowed) settings.migration_barrier = 3;
    Village village(73);
    found_uneven(village, settings);

    village.kill(3);
    village.run(Duration{30'000});

    CHECK(replicas_of(village, 0) == 0);
    CHECK(replicas_of(village, 2) == 3);
}

TEST_CASE("a primary that never had a replica is left alone", "[gossip]") {
    Village village(74);
    found_uneven(village);
    REQUIRE(village.obey(3, Replicate{village.id(2)}));
    village.run(Duration{2'000});
    village.kill(0);
    village.restart(0);
    for (std::size_t i = 4; i < 8; ++i) {
        village.kill(i);
        village.restart(i);  // Whoever is restarted knows of no replica that it once had.
    }
    village.kill(3);
    village.restart(3);
    village.run(Duration{30'000});

    CHECK(replicas_of(village, 0) == 0);
}

TEST_CASE("no replica leaves a primary that says nothing", "[gossip]") {
    Village village(74);
    found_uneven(village);

    village.stop(2);
    village.run(Duration{1'000});
    village.kill(3);
    village.run(Duration{12'000});

    for (std::size_t replica : {5, 6, 7})
        CHECK(village.count(replica, Kind::replica_migrated) == 0);
}
