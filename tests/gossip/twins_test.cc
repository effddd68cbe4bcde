// Two processes of one name: the second is turned away, and a restart is not taken for one.
#include "gossip/twins.h"

#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

constexpr Duration node_timeout{2'000};
constexpr Duration moment{100};  // Some round trips.

Settings settings() {
    Settings settings;
    settings.timing.node_timeout = node_timeout;
    return settings;
}

bool serves(Village& village, std::size_t number) {
    const auto map = village.node(number).topology();
    return map->serving && !map->fenced && !map->slots_of(map->self).empty();
}

bool serves_once_restarted(Village& village, std::size_t number) {
    village.kill(number);
    village.run(moment);
    village.restart(number);
    return village.run_until([&] { return serves(village, number); }, Duration{9'000});
}

bool is_taken_for(Village& village, std::size_t observer, std::size_t process) {
    const Member* member = village.node(observer).inside().members.find(village.id(process));
    return member != nullptr && member->process == village.node(process).inside().process;
}

// By all but themselves.
bool is_taken_for(Village& village, std::size_t process) {
    for (std::size_t i = 0; i < village.size(); ++i) {
        if (!village.alive(i) || village.id(i) == village.id(process)) continue;
        if (!is_taken_for(village, i, process)) return false;
    }
    return true;
}

bool is_copy(Village& village, std::size_t number) {
    return village.node(number).inside().is_copy;
}

std::vector<std::string> complaints(Village& village, std::size_t number) {
    std::vector<std::string> found;
    for (const auto& one : village.house(number).heard) {
        const auto* event = std::get_if<Event>(&one);
        if (event != nullptr && event->kind == Kind::message_refused) {
            found.push_back(event->detail);
        }
    }
    return found;
}

Meet address_of(Village& village, std::size_t number) {
    const auto& announce = village.house(number).settings.announce;
    return {village.house(number).host(), announce.port, announce.bus_port};
}

// Looks all the time whether the copy serves, or anybody takes it for the original.
void watch(Village& village, std::size_t original, std::size_t copy, bool& harmed) {
    village.after_each = [&village, original, copy, &harmed] {
        harmed = harmed || serves(village, copy) || !is_taken_for(village, original);
    };
}

}  // namespace

TEST_CASE("a copy of a running node is turned away and told so", "[gossip][twins]") {
    const std::size_t original = GENERATE(0, 3);  // A primary; a replica.
    const bool on_same_host = GENERATE(false, true);
    Village village(201);
    village.found(3, 1, settings());

    const std::size_t copy = village.clone(original, on_same_host);
    bool harmed = false;
    watch(village, original, copy, harmed);
    village.run(moment);
    CHECK(is_copy(village, copy));
    village.run(Duration{20'000});

    CHECK_FALSE(harmed);
    CHECK(serves(village, 0));
    CHECK_FALSE(is_copy(village, original));
    const std::string place = village.house(copy).host() + ':' + std::to_string(7000 + copy);
    for (std::size_t i = 0; i < 6; ++i) {
        if (i == original) continue;
        CHECK(village.member(i, original).endpoint.port == 7000 + original);
        CHECK_FALSE(village.sees(i, original, flag_suspected));
        REQUIRE(complaints(village, i).size() == 1);
        CHECK(complaints(village, i).front() == "another process at " + place +
                                                    " uses its name: stop one of them, and CLUSTER "
                                                    "RESET HARD a copy");
    }
    REQUIRE(complaints(village, copy).size() == 1);
    CHECK(complaints(village, copy)
              .front()
              .starts_with("another process at " + village.house(original).host() + ':' +
                           std::to_string(7000 + original) + " has this node's name: "));
}

TEST_CASE("a copy with an older state claims nothing back", "[gossip][twins]") {
    Village village(202);
    village.found(3, 1, settings());
    std::string before = village.house(0).disk;
    REQUIRE(village.obey(3, Failover{Failover::Mode::agreed}));
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{5'000}));
    village.run(Duration{1'000});

    village.house(0).disk.swap(before);
    const std::size_t copy = village.clone(0);
    village.house(0).disk.swap(before);
    bool harmed = false;
    watch(village, 0, copy, harmed);
    village.run(Duration{10'000});

    CHECK_FALSE(harmed);
    CHECK(is_copy(village, copy));
    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a copy stays out when the original dies, until it is started again", "[gossip][twins]") {
    Village village(203);
    village.found(3, 1, settings());
    const std::size_t copy = village.clone(0);
    village.run(moment);

    village.kill(0);
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{5'000}));
    village.run(Duration{5'000});
    CHECK_FALSE(serves(village, copy));
    CHECK(is_copy(village, copy));

    village.kill(copy);
    village.restart(copy);
    village.run(Duration{1'000});
    CHECK(is_taken_for(village, copy));
    CHECK(village.member(copy, copy).primary == village.id(3));
}

TEST_CASE("a copy that is reset has a name of its own", "[gossip][twins]") {
    Village village(204);
    village.found(3, 1, settings());
    const std::size_t copy = village.clone(0);
    village.run(moment);

    REQUIRE(village.obey(copy, Reset{true, false}));
    REQUIRE(village.obey(copy, address_of(village, 1)));
    village.run(Duration{2'000});

    CHECK(village.status(0).members.size() == 7);
    CHECK(village.status(copy).members.size() == 7);
    CHECK(serves(village, 0));
}

TEST_CASE("a restart is not delayed", "[gossip][twins]") {
    const bool crash_evidence = GENERATE(true, false);
    Settings chosen = settings();
    chosen.crash_evidence = crash_evidence;
    Village village(205);
    village.found(3, 1, chosen);

    village.kill(0);
    village.run(Duration{10});
    village.restart(0);

    CHECK(village.run_until([&] { return is_taken_for(village, 0); }, moment));
    village.run(Duration{5'000});
    CHECK(complaints(village, 0).empty());
    CHECK(complaints(village, 1).empty());
}

TEST_CASE("the end of links is no evidence of a move where crashes have none", "[gossip][twins]") {
    const bool crash_evidence = GENERATE(true, false);
    Settings chosen = settings();
    chosen.crash_evidence = crash_evidence;
    Village village(206);
    village.found(3, 1, chosen);

    village.kill(0);
    village.house(0).moves = 1;
    village.run(Duration{10});
    village.restart(0);

    CHECK(village.run_until([&] { return is_taken_for(village, 0); }, moment) == crash_evidence);
    CHECK(village.run_until([&] { return is_taken_for(village, 0); }, node_timeout));
    CHECK(village.run_until([&] { return village.member(1, 0).endpoint.host == "10.0.1.1"; },
                            Duration{1'000}));
}

TEST_CASE("who is turned away since it was started again accuses nobody of silence",
          "[gossip][twins]") {
    Settings chosen = settings();
    chosen.crash_evidence = false;
    chosen.timing.node_timeout = Duration{300};  // Less than what has been promised.
    Village village(213);
    village.found(3, 1, chosen);

    village.kill(0);
    village.house(0).moves = 1;
    village.run(Duration{10});
    village.restart(0);

    village.run(chosen.timing.node_timeout + moment / 2);
    REQUIRE_FALSE(is_taken_for(village, 1, 0));
    CHECK(village.run_until([&] { return is_taken_for(village, 0); }, Duration{1'000}));
    CHECK(village.count(0, Kind::peer_suspected) == 0);
}

TEST_CASE("who was turned away once accuses whoever has answered since", "[gossip][twins]") {
    Settings chosen = settings();
    chosen.crash_evidence = false;
    chosen.timing.node_timeout = Duration{300};
    Village village(214);
    village.found(3, 1, chosen);

    village.kill(0);
    village.stop(1);
    village.restart(0);
    village.run(Duration{20});
    village.reset_links(0, 1);
    const Member& other = *village.node(0).inside().members.find(village.id(1));
    REQUIRE(village.run_until([&] { return other.turned_us_away; }, Duration{100}));
    village.resume(1);
    REQUIRE(village.run_until([&] { return other.pong_received.has_value(); }, Duration{1'000}));
    village.stop(1);

    CHECK(village.run_until([&] { return !other.reachable(); },
                            chosen.timing.node_timeout + Duration{300}));
}

TEST_CASE("who comes back after its host vanished waits until nothing was promised",
          "[gossip][twins]") {
    Village village(207);
    village.found(3, 1, settings());
    const auto hold_off = settings().timing.hold_off(settings().timing.fence());

    village.vanish(0);
    const Instant vanished_at = village.now();
    village.restart(0);

    const Duration last_words = settings().timing.ping_interval();
    village.run(hold_off - last_words - moment);
    CHECK_FALSE(is_taken_for(village, 1, 0));
    CHECK(village.run_until([&] { return is_taken_for(village, 0); }, node_timeout));
    CHECK(village.now() - vanished_at < hold_off + Duration{1'000});
    village.run(Duration{10'000});
    CHECK(serves(village, 0));
    CHECK(complaints(village, 0).empty());  // Nobody has told it that it is a copy.
    CHECK(complaints(village, 1).empty());
}

TEST_CASE("two processes of one name that meet do not take each other for themselves",
          "[gossip][twins]") {
    Village village(208);
    village.found(1, 0, settings());
    const std::size_t copy = village.clone(0);  // Nobody can tell it.
    const auto order = GENERATE(0, 1);

    for (int round = 0; round < 3; ++round) {
        REQUIRE(village.obey(order == 0 ? 0 : copy, address_of(village, order == 0 ? copy : 0)));
        village.run(Duration{5'000});
    }

    CHECK(village.status(0).members.size() == 1);
    CHECK(village.status(copy).members.size() == 1);
    CHECK(complaints(village, 0).size() == 1);
    CHECK(complaints(village, copy).size() == 1);
    CHECK(serves(village, 0));
}

TEST_CASE("a member that is met at its copy's address stays where it is", "[gossip][twins]") {
    Village village(209);
    village.found(3, 1, settings());
    const std::size_t copy = village.clone(0);
    bool harmed = false;
    watch(village, 0, copy, harmed);

    REQUIRE(village.obey(1, address_of(village, copy)));
    REQUIRE(village.obey(copy, address_of(village, 2)));
    village.run(Duration{10'000});

    CHECK_FALSE(harmed);
    CHECK(village.member(1, 0).endpoint.port == 7000);
    CHECK(village.status(1).members.size() == 6);
}

TEST_CASE("beyond a cut, half of the other voters are not enough for a copy", "[gossip][twins]") {
    Village village(210);
    village.found(3, 0, settings());

    const std::size_t copy = village.clone(0);
    village.cut({0, 1});  // The copy is with 2.
    bool served = false;
    village.after_each = [&] { served = served || serves(village, copy); };
    village.run(Duration{20'000});

    CHECK_FALSE(served);
    CHECK(is_taken_for(village, 2, copy));
    village.heal();
    village.run(Duration{10'000});
    CHECK_FALSE(served);
    CHECK(is_copy(village, copy));
    CHECK(is_taken_for(village, 0));
    CHECK(village.member(2, 0).endpoint.port == 7000);
}

TEST_CASE("who starts again is not kept waiting by a voter that had failed before",
          "[gossip][twins]") {
    Village village(60);
    village.found(3, 0, settings());
    for (std::size_t i = 0; i < 3; ++i) {
        auto open = settings();
        open.require_full_coverage = false;
        village.configure(i, open);
    }
    village.kill(2);
    REQUIRE(village.run_until([&] { return village.sees(0, 2, flag_failed); }, Duration{9'000}));
    village.run(moment);

    CHECK(serves_once_restarted(village, 0));
}

TEST_CASE("who starts again needs no voter that it does not reach when another saw it end",
          "[gossip][twins]") {
    Village village(61);
    village.found(3, 0, settings());
    village.cut_pair(0, 2);
    village.run(moment);

    CHECK(serves_once_restarted(village, 0));
}

TEST_CASE("who is out of one voter's reach has not been seen to end by it", "[gossip][twins]") {
    Village village(63);
    village.found(3, 0, settings());
    village.reset_links(0, 1);  // As a firewall does,
    village.cut_pair(0, 1);     // and lets nothing through then.

    const std::size_t copy = village.clone(0);
    bool served = false;
    village.after_each = [&] { served = served || serves(village, copy); };
    village.run(Duration{20'000});

    CHECK_FALSE(served);
    CHECK(is_copy(village, copy));
    CHECK(serves(village, 0));
}

TEST_CASE("who starts again accuses the dead as soon as anybody", "[gossip][twins]") {
    Settings chosen = settings();
    chosen.timing.node_timeout = Duration{300};
    Village village(64);
    village.found(3, 0, chosen);
    village.vanish(0);
    village.vanish(1);
    village.restart(0);

    const auto is_accused = [&] { return village.count(0, Kind::peer_suspected) > 0; };
    CHECK(village.run_until(is_accused, chosen.timing.node_timeout + 3 * chosen.timing.tick));
}

TEST_CASE("a host's name that becomes too long for a number makes nobody another",
          "[gossip][twins]") {
    Village village(62);
    village.found(3, 0, settings());
    Settings changed = village.house(0).settings;
    changed.announce.host = std::string(45, 'h');
    village.configure(0, changed);

    bool harmed = false;
    village.after_each = [&] { harmed = harmed || !serves(village, 0); };
    village.run(Duration{10'000});

    CHECK_FALSE(harmed);
    CHECK(complaints(village, 1).empty());
}
