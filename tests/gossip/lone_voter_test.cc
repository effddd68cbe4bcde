// A primary that is the only voter: its one vote elects, and only the candidate knows of it.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

bool serves(Village& village, std::size_t node) {
    const auto status = village.status(node);
    return status.serving && !status.fenced && village.owner(node, 0) == node;
}

// 0 has voted for 1 in its own place, and then hears nothing of it for a minute.
void let_0_vote_and_be_cut_off(Village& village) {
    village.found(1, 1);
    bool voted = false;
    village.on_send = [&](std::size_t from, const Message& message) {
        voted = voted || (from == 0 && std::holds_alternative<Vote>(message.body));
    };
    REQUIRE(village.obey(1, Failover{Failover::Mode::forced}));
    REQUIRE(village.run_until([&] { return voted; }, Duration{2'000}));
    village.cut({0});
    village.on_send = nullptr;
    village.run(Duration{60'000});
}

}  // namespace

TEST_CASE("the only voter does not serve until it hears of whom it voted for", "[gossip]") {
    Village village(91);
    let_0_vote_and_be_cut_off(village);
    CHECK_FALSE(serves(village, 0));

    village.heal();
    village.run(Duration{60'000});

    CHECK(serves(village, 0) != serves(village, 1));
    CHECK(village.owner(0, 0) == village.owner(1, 0));
}

TEST_CASE("the only voter serves again when an operator says that its candidate is gone",
          "[gossip]") {
    Village village(92);
    let_0_vote_and_be_cut_off(village);

    REQUIRE(village.obey(0, Forget{village.id(1)}));
    village.run(Duration{30'000});

    CHECK(serves(village, 0));
}

TEST_CASE("who voted for its successor and takes over from it later is bound no more", "[gossip]") {
    Village village(93);
    village.found(1, 1);
    REQUIRE(village.obey(1, Failover{Failover::Mode::forced}));
    REQUIRE(village.run_until([&] { return village.owner(0, 0) == 1u; }, Duration{5'000}));
    village.run(Duration{20'000});
    village.kill(1);

    REQUIRE(village.obey(0, Failover{Failover::Mode::takeover}));
    village.run(Duration{30'000});

    CHECK(serves(village, 0));
}

TEST_CASE("the only voter waits for a candidate whose disk hangs", "[gossip]") {
    Village village(94);
    village.found(1, 1);
    village.on_send = [&](std::size_t from, const Message& message) {
        const bool voted = from == 0 && std::holds_alternative<Vote>(message.body);
        if (voted) village.house(1).disk_works = false;
    };
    bool both = false;
    village.after_each = [&] { both = both || (serves(village, 0) && serves(village, 1)); };
    REQUIRE(village.obey(1, Failover{Failover::Mode::forced}));

    village.run(Duration{60'000});
    CHECK_FALSE(village.house(1).disk_works);
    CHECK_FALSE(serves(village, 0));
    village.mend_disk(1);
    village.run(Duration{60'000});

    CHECK_FALSE(both);
    CHECK(serves(village, 1));
}
