// Which shard a node says that it is of, and what is believed of the others'.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

namespace grapevine::gossip::testing {
namespace {

ShardId shard(Village& village, std::size_t observer, std::size_t about) {
    return village.member(observer, about).shard;
}

// Whether `observer` takes `about` for one of node 0's shard.
bool same_as_0(Village& village, std::size_t observer, std::size_t about) {
    return shard(village, observer, about) == shard(village, observer, 0);
}

}  // namespace

TEST_CASE("who follows its successor by hearsay stays in its shard", "[gossip][shard]") {
    Village village(81);
    village.found(3, 1);
    village.set_offset(0, 1'000);
    const ShardId own = shard(village, 0, 0);
    REQUIRE(village.obey(3, Replicate{village.id(1)}));
    REQUIRE(village.run_until([&] { return !same_as_0(village, 0, 3); }, Duration{5'000}));
    village.run(Duration{1'000});
    village.house(0).disk_works = false;  // It will not know that 3 was its replica again.
    REQUIRE(village.obey(3, Replicate{village.id(0)}));
    village.set_offset(3, 1'000);
    REQUIRE(village.run_until([&] { return same_as_0(village, 1, 3); }, Duration{5'000}));
    village.run(Duration{1'000});
    village.kill(0);
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{60'000}));
    village.cut_pair(0, 3);

    village.house(0).disk_works = true;
    village.restart(0);
    const auto follows = [&] { return village.member(0, 0).primary == village.id(3); };
    REQUIRE(village.run_until(follows, Duration{10'000}));
    village.run(Duration{2'000});

    CHECK(shard(village, 0, 0) == own);
    CHECK(shard(village, 1, 0) == own);
    village.heal();
    village.run(Duration{20'000});
    CHECK(same_as_0(village, 0, 3));
    CHECK(shard(village, 0, 0) == own);
}

TEST_CASE("a claim is judged by the shard that comes with it", "[gossip][shard]") {
    Village village(82);
    village.found(3, 2);  // 3 and 6 follow 0.
    for (const std::size_t one : {0u, 3u, 6u}) village.set_offset(one, 1'000);
    REQUIRE(village.obey(3, Replicate{village.id(1)}));
    REQUIRE(village.run_until([&] { return !same_as_0(village, 6, 3); }, Duration{5'000}));
    village.run(Duration{1'000});
    village.cut_pair(3, 6);
    REQUIRE(village.obey(3, Replicate{village.id(0)}));
    REQUIRE(village.run_until([&] { return same_as_0(village, 0, 3); }, Duration{5'000}));
    village.cut({6});
    village.run(Duration{500});
    REQUIRE(village.obey(3, Failover{Failover::Mode::takeover}));
    REQUIRE_FALSE(same_as_0(village, 6, 3));

    for (const std::size_t other : {0u, 1u, 2u, 4u, 5u, 7u, 8u}) village.stop(other);
    village.heal();
    const auto follows = [&] { return village.member(6, 6).primary == village.id(3); };
    REQUIRE(village.run_until(follows, Duration{20'000}));

    const auto& heard = village.house(6).heard;
    const auto last = std::find_if(heard.rbegin(), heard.rend(), [](const Announcement& one) {
        return std::holds_alternative<Follow>(one);
    });
    CHECK(std::get<Follow>(*last).of_shard);
}

TEST_CASE("who is a primary's replica is of its shard from that moment on", "[gossip][shard]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 40)));
    Village village(seed);
    CAPTURE(seed);
    village.gather(3, 1, {});
    for (std::size_t primary = 0; primary < 3; ++primary) {
        CHECK(shard(village, primary, primary + 3) == shard(village, primary, primary));
    }
}

}  // namespace grapevine::gossip::testing
