// Who is forgotten stays forgotten, until an operator introduces it again.
#include "gossip/graves.h"

#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

Settings settings() {
    Settings settings;
    settings.timing.node_timeout = Duration{2'000};
    return settings;
}

Meet address_of(Village& village, std::size_t node) {
    return {village.house(node).host(), static_cast<std::uint16_t>(7000 + node),
            static_cast<std::uint16_t>(17000 + node)};
}

bool knows(Village& village, std::size_t observer, std::size_t about) {
    return village.node(observer).inside().members.find(village.id(about)) != nullptr;
}

Member named(char digit, bool grapevine = false) {
    Member member;
    member.id = *NodeId::parse(std::string(40, digit));
    member.grapevine = grapevine;
    return member;
}

// Three primaries and a replica of each; node 3 is dead, and node 0 was told to forget it.
void found_and_forget(Village& village) {
    village.found(3, 1, settings());
    village.kill(3);
    REQUIRE(village.run_until([&] { return village.sees(0, 3, flag_failed); }, Duration{10'000}));
    REQUIRE(village.obey(0, Forget{village.id(3)}));
    REQUIRE(village.run_until(
        [&] {
            return !knows(village, 1, 3) && !knows(village, 2, 3) && !knows(village, 4, 3) &&
                   !knows(village, 5, 3);
        },
        Duration{5'000}));
}

}  // namespace

TEST_CASE("a forgotten node does not come back, however long it was away", "[gossip]") {
    Village village(91);
    found_and_forget(village);
    village.run(Timing{}.forget_ban + Duration{10'000});

    village.restart(3);
    village.run(Duration{30'000});

    for (const std::size_t node : {0, 1, 2, 4, 5}) CHECK_FALSE(knows(village, node, 3));
}

TEST_CASE("nobody who was away brings a forgotten node back", "[gossip]") {
    Village village(92);
    village.found(3, 1, settings());
    village.kill(4);
    village.kill(3);
    REQUIRE(village.run_until([&] { return village.sees(0, 3, flag_failed); }, Duration{10'000}));
    REQUIRE(village.obey(0, Forget{village.id(3)}));
    village.run(Timing{}.forget_ban + Duration{10'000});
    village.kill(0);
    village.restart(0);  // It remembers.

    village.restart(4);
    village.restart(3);
    village.run(Duration{20'000});

    for (const std::size_t node : {0, 1, 2, 4, 5}) CHECK_FALSE(knows(village, node, 3));
}

TEST_CASE("a MEET lifts a FORGET, for all", "[gossip]") {
    Village village(93);
    found_and_forget(village);
    village.restart(3);
    village.run(Duration{1'000});

    REQUIRE(village.obey(1, address_of(village, 3)));

    CHECK(village.run_until(
        [&] {
            bool all = true;
            for (const std::size_t node : {0, 1, 2, 4, 5}) all = all && knows(village, node, 3);
            return all;
        },
        Duration{15'000}));
    village.run(Duration{20'000});
    for (const std::size_t node : {0, 1, 2, 4, 5}) {
        CHECK(knows(village, node, 3));
        CHECK_FALSE(is_buried(village.node(node).inside(), village.id(3)));
    }
}

TEST_CASE("who was met again can be forgotten again", "[gossip]") {
    Village village(94);
    found_and_forget(village);
    village.restart(3);
    REQUIRE(village.obey(1, address_of(village, 3)));
    REQUIRE(village.run_until([&] { return knows(village, 2, 3) && knows(village, 0, 3); },
                              Duration{15'000}));

    REQUIRE(village.obey(2, Forget{village.id(3)}));

    CHECK(village.run_until([&] { return !knows(village, 0, 3) && !knows(village, 1, 3); },
                            Duration{5'000}));
}

TEST_CASE("a MEET counts for more than a FORGET that is still on its way", "[gossip]") {
    Core core({}, State::fresh(1), false, 1, Instant{Duration{1'000}});
    const NodeId id = *NodeId::parse(std::string(40, 'b'));
    core.banned[id] = core.now + Timing{}.forget_ban;  // As somebody has said who calls us.

    exhume(core, id);

    Member& peer = core.members.add(named('a', true));
    core.members.add(named('b', true));
    hear_graves(core, peer, Graves{1, {{id, 1}}}, true);
    CHECK(core.members.find(id) != nullptr);
    CHECK(is_back(core, id));
}

TEST_CASE("graves are told to Grapevines only, and believed on our own link only", "[gossip]") {
    const State state = State::fresh(1);
    Core core({}, state, false, 1, Instant{Duration{1'000}});
    const auto id = [](char digit) { return *NodeId::parse(std::string(40, digit)); };
    Member& peer = core.members.add(named('a'));
    core.members.add(named('b'));
    const std::optional<Graves> graves = Graves{1, {{id('b'), 1}}};

    hear_graves(core, peer, graves, true);  // A Redis.
    CHECK(core.members.find(id('b')) != nullptr);
    peer.grapevine = true;
    hear_graves(core, peer, graves, false);  // It calls us: anybody could say that.
    CHECK(core.members.find(id('b')) != nullptr);
    hear_graves(core, peer, graves, true);
    CHECK(core.members.find(id('b')) == nullptr);

    CHECK(graves_for(core, peer)->list.size() == 1);
    peer.graves_digest = graves_for(core, peer)->digest;
    CHECK(graves_for(core, peer)->list.empty());  // It knows them.
    peer.grapevine = false;
    CHECK_FALSE(graves_for(core, peer));
}

TEST_CASE("nobody is made to forget itself, or whom it follows, or who tells it", "[gossip]") {
    State state = State::fresh(1);
    Core core({}, state, false, 1, Instant{Duration{1'000}});
    const auto id = [](char digit) { return *NodeId::parse(std::string(40, digit)); };
    Member& teller = core.members.add(named('a', true));
    core.members.add(named('b'));
    core.members.set_role(core.self(), Role::replica);
    core.self().primary = id('b');

    hear_graves(core, teller, Graves{1, {{id('a'), 1}, {id('b'), 1}, {core.self().id, 1}}}, true);

    CHECK(core.members.find(id('a')) != nullptr);
    CHECK(core.members.find(id('b')) != nullptr);
}

namespace {

// As a node with seeds does it, again and again.
void ask_by_seed(Village& village, std::size_t from, std::size_t to) {
    for (int round = 0; round < 10; ++round) {
        Meet meet = address_of(village, to);
        meet.by_seed = true;
        REQUIRE(village.obey(from, meet));
        village.run(Duration{2'000});
    }
}

// To any other, be it for a moment, while `during` goes on.
bool is_ever_known(Village& village, std::size_t node, const std::function<void()>& during) {
    bool known = false;
    village.after_each = [&] {
        for (std::size_t other = 0; other < village.size(); ++other) {
            known = known || (other != node && knows(village, other, node));
        }
    };
    during();
    village.after_each = nullptr;
    return known;
}

}  // namespace

TEST_CASE("a forgotten node does not come back by its seeds, an operator's MEET brings it back",
          "[gossip]") {
    Village village(96);
    found_and_forget(village);
    ++village.house(3).moves;
    village.restart(3);

    SECTION("as it was") {}
    SECTION("after it was reset") {
        REQUIRE(village.obey(3, Reset{}));
    }
    CHECK_FALSE(is_ever_known(village, 3, [&] { ask_by_seed(village, 3, 1); }));

    REQUIRE(village.obey(1, address_of(village, 3)));
    CHECK(village.run_until(
        [&] {
            return knows(village, 0, 3) && knows(village, 1, 3) && knows(village, 2, 3) &&
                   knows(village, 4, 3) && knows(village, 5, 3);
        },
        Duration{10'000}));
}

TEST_CASE("nobody's seeds bring a forgotten node back", "[gossip]") {
    Village village(97);
    found_and_forget(village);
    village.restart(3);
    REQUIRE(village.obey(3, Reset{}));

    CHECK_FALSE(is_ever_known(village, 3, [&] { ask_by_seed(village, 1, 3); }));
}

TEST_CASE("a seed finds who is new, and who has moved", "[gossip]") {
    Village village(98);
    village.found(3, 0, settings());
    const std::size_t fresh = village.add(settings());
    ask_by_seed(village, fresh, 1);
    for (std::size_t node = 0; node < 3; ++node) CHECK(knows(village, node, fresh));

    village.kill(2);
    ++village.house(2).moves;
    village.restart(2);
    ask_by_seed(village, 2, 1);
    CHECK(village.member(1, 2).endpoint.host == village.house(2).host());
}

TEST_CASE("a seed does not move who is linked: it may be another address of the same", "[gossip]") {
    Village village(99);
    village.found(3, 0, settings());
    Gossip& node = village.node(0);
    const std::string host = village.member(0, 1).endpoint.host;

    const auto asked = node.obey(Meet{"10.9.9.9", 7001, 17001, true}, village.now());
    REQUIRE(asked.effects.connect.size() == 1);
    const LinkId link = asked.effects.connect[0].link;
    (void)node.link_event(link, LinkEvent::connected, village.now());
    Message pong{.header = {}, .body = Heartbeat{Heartbeat::Kind::pong, {}, {}}};
    pong.header.sender = village.id(1);
    pong.header.port = 7001;
    pong.header.bus_port = 17001;
    const auto effects = node.receive(link, pong, village.now());

    CHECK(effects.close == std::vector<LinkId>{link});
    CHECK(village.member(0, 1).endpoint.host == host);
}
