// Orders of operators: what they do, and the errors that Redis 7.0 answers.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

SlotSet set_of(std::string_view text) {
    return *SlotSet::parse(text);
}

std::string answer(Village& village, std::size_t node, const Order& order) {
    const auto reply = village.obey(node, order);
    return reply ? *reply : reply.error().text;
}

const NodeId nobody = *NodeId::parse("0123456789012345678901234567890123456789");

}  // namespace

TEST_CASE("orders that cannot be carried out are answered as Redis does", "[gossip][order]") {
    Village village(41);
    village.add();
    const std::string unknown = "0123456789012345678901234567890123456789";
    using Mode = SetSlot::Change;

    CHECK(answer(village, 0, Meet{"foo", 7000, 17000}) ==
          "ERR Invalid node address specified: foo:7000");
    CHECK(answer(village, 0, Forget{nobody}) == "ERR Unknown node " + unknown);
    CHECK(answer(village, 0, Forget{village.id(0)}) ==
          "ERR I tried hard but I can't forget myself...");
    CHECK(answer(village, 0, Replicate{nobody}) == "ERR Unknown node " + unknown);
    CHECK(answer(village, 0, Replicate{village.id(0)}) == "ERR Can't replicate myself");
    CHECK(answer(village, 0, Failover{}) == "ERR You should send CLUSTER FAILOVER to a replica");
    CHECK(answer(village, 0, SetConfigEpoch{-1}) == "ERR Invalid config epoch specified: -1");
    CHECK(answer(village, 0, SetConfigEpoch{5}) == "OK");
    CHECK(answer(village, 0, SetConfigEpoch{6}) == "ERR Node config epoch is already non-zero");
    CHECK(answer(village, 0, BumpEpoch{}) == "STILL 5");
    CHECK(answer(village, 0, AddSlots{set_of("1 2 3")}) == "OK");
    CHECK(answer(village, 0, AddSlots{set_of("3 4")}) == "ERR Slot 3 is already busy");
    CHECK(answer(village, 0, DelSlots{set_of("77")}) == "ERR Slot 77 is already unassigned");
    CHECK(answer(village, 0, DelSlots{set_of("1")}) == "OK");
    CHECK(answer(village, 0, SetSlot{Mode::importing, {9}, nobody}) ==
          "ERR I don't know about node " + unknown);
    CHECK(answer(village, 0, SetSlot{Mode::migrating, {9}, nobody}) ==
          "ERR I'm not the owner of hash slot 9");
    CHECK(answer(village, 0, SetSlot{Mode::importing, {2}, nobody}) ==
          "ERR I'm already the owner of hash slot 2");
    CHECK(answer(village, 0, SetSlot{Mode::node, {2}, nobody}) == "ERR Unknown node " + unknown);
    CHECK(answer(village, 0, FlushSlots{true}) ==
          "ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
    CHECK(answer(village, 0, FlushSlots{}) == "OK");
    CHECK(answer(village, 0, Reset{false, true}) ==
          "ERR CLUSTER RESET can't be called with master nodes containing keys");
}

TEST_CASE("a forgotten node stays away for a minute, unless it is met again", "[gossip][order]") {
    Village village(42);
    village.found(3, 1);
    for (const std::size_t i : {1, 2, 3, 4, 5}) {
        if (i != 3) REQUIRE(village.obey(i, Forget{village.id(3)}));
    }
    REQUIRE(village.obey(0, Forget{village.id(3)}));
    village.run(Duration{30'000});
    CHECK(answer(village, 1, Forget{village.id(3)}) == "OK");  // Done already.
    for (const std::size_t i : {0, 1, 2, 4, 5}) CHECK(village.status(i).members.size() == 5);

    REQUIRE(village.obey(1, Meet{village.house(3).host(), 7003, 17003}));
    village.run(Duration{1'000});

    CHECK(village.status(1).members.size() == 6);
    village.run(Duration{60'000});
    for (std::size_t i = 0; i < 6; ++i) CHECK(village.status(i).members.size() == 6);
}

TEST_CASE("a slot can be moved from one primary to another", "[gossip][order]") {
    Village village(43);
    village.found(3, 0);
    using Mode = SetSlot::Change;

    REQUIRE(village.obey(1, SetSlot{Mode::importing, {5}, village.id(0)}));
    REQUIRE(village.obey(0, SetSlot{Mode::migrating, {5}, village.id(1), true}));
    CHECK(village.status(0).migrating.size() == 1);
    CHECK(answer(village, 0, SetSlot{Mode::node, {5}, village.id(1), true}) ==
          "ERR Can't assign hashslot 5 to a different node while I still hold keys for this hash "
          "slot.");
    REQUIRE(village.obey(1, SetSlot{Mode::node, {5}, village.id(1)}));
    village.run(Duration{500});

    for (std::size_t i = 0; i < 3; ++i) CHECK(village.owner(i, 5) == 1u);
    CHECK(village.status(0).migrating.empty());
    CHECK(village.status(1).importing.empty());
    CHECK(village.status(2).serving);
}

TEST_CASE("a reset node knows nobody, and a hard reset gives it another name", "[gossip][order]") {
    Village village(44);
    village.found(3, 1);
    const NodeId before = village.id(3);

    REQUIRE(village.obey(3, Reset{false}));
    CHECK(village.id(3) == before);
    CHECK(village.status(3).members.size() == 1);
    CHECK(village.count<FollowNobody>(3) == 1);
    REQUIRE(village.obey(3, Reset{true}));

    CHECK(village.id(3) != before);
    CHECK(village.status(3).current_epoch == 0);
}

TEST_CASE("two primaries of one epoch part: the smaller name takes a new one", "[gossip][order]") {
    Village village(45);
    village.add();
    village.add();
    REQUIRE(village.obey(0, AddSlots{set_of("0-8191")}));
    REQUIRE(village.obey(1, AddSlots{set_of("8192-16383")}));
    REQUIRE(village.obey(0, SetConfigEpoch{3}));
    REQUIRE(village.obey(1, SetConfigEpoch{3}));

    REQUIRE(village.obey(0, Meet{village.house(1).host(), 7001, 17001}));
    village.run(Duration{2'000});

    const std::size_t smaller = village.id(0) < village.id(1) ? 0 : 1;
    CHECK(village.member(0, smaller).config_epoch == 4);
    CHECK(village.member(1, smaller).config_epoch == 4);
    CHECK(village.member(0, 1 - smaller).config_epoch == 3);
    CHECK(village.status(0).serving);
}

TEST_CASE("host names and shards are told to all", "[gossip][order]") {
    Village village(46);
    Settings settings;
    settings.hostname = "grape.example";
    village.found(3, 1, settings);

    CHECK(village.member(1, 3).hostname == "grape.example");
    CHECK(village.member(1, 3).shard == village.member(0, 0).shard);
}

TEST_CASE("what an order promises is promised once it is saved", "[gossip][order]") {
    const Instant now{Duration{1'000'000}};
    Gossip node({}, State::fresh(1), false, 2, now);
    const Effects founding = node.tick(now);
    REQUIRE(founding.save);
    (void)node.saved(founding.save->generation, now);

    const Obeyed given = node.obey(AddSlots{set_of("0-16383")}, now);
    REQUIRE(given.effects.save);
    CHECK(given.promises == given.effects.save->generation);

    CHECK(node.obey(AddSlots{set_of("1")}, now).promises == 0);          // An error.
    CHECK(node.obey(Meet{"10.0.0.1", 7000, 17000}, now).promises == 0);  // It begins something.
    const Obeyed epoch = node.obey(BumpEpoch{}, now);
    REQUIRE(*epoch.reply == "BUMPED 1");
    // Nothing has to be saved for it, but what it says is not on the disk yet.
    CHECK(node.obey(BumpEpoch{}, now).promises == epoch.promises);

    (void)node.saved(epoch.promises, now);
    CHECK(node.obey(BumpEpoch{}, now).promises == 0);
}
