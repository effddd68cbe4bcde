// Who is failed, and who is not: evidence, majorities, stopped processes, cuts.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

std::size_t failures(Village& village) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < village.size(); ++i) {
        if (village.alive(i)) count += village.count(i, Kind::peer_failed);
    }
    return count;
}

std::string detail_of(Village& village, std::size_t number, Kind kind) {
    std::string detail;
    for (const Announcement& heard : village.house(number).heard) {
        const auto* event = std::get_if<Event>(&heard);
        if (event != nullptr && event->kind == kind) detail = event->detail;
    }
    return detail;
}

bool names(const std::string& detail, const NodeId& id) {
    return detail.find(id.text()) != detail.npos && detail.find("FORGET") != detail.npos;
}

}  // namespace

TEST_CASE("one accuser is not enough to fail a peer", "[gossip]") {
    Village village(11);
    village.found(3, 1);

    // Node 1 alone finds that 0 is gone: the others still talk to it.
    village.stop(2);
    village.stop(3);
    village.stop(4);
    village.stop(5);
    village.kill(0);
    village.run(Duration{5'000});

    CHECK(village.sees(1, 0, flag_suspected));
    CHECK_FALSE(village.sees(1, 0, flag_failed));
    CHECK(failures(village) == 0);
}

TEST_CASE("a link that is reset and works again accuses nobody", "[gossip]") {
    Village village(12);
    village.found(3, 1);

    for (int i = 0; i < 20; ++i) {
        for (std::size_t peer = 1; peer < 6; ++peer) village.reset_links(0, peer);
        village.run(Duration{50});
    }
    village.run(Duration{2'000});

    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(village.count(i, Kind::peer_suspected) == 0);
        CHECK(village.status(i).serving);
        CHECK_FALSE(village.status(i).fenced);
    }
}

TEST_CASE("without crash evidence a killed primary is failed by its silence", "[gossip]") {
    Village village(13);
    Settings settings;
    settings.timing.node_timeout = Duration{2'000};
    settings.crash_evidence = false;
    village.found(3, 1, settings);

    village.kill(0);
    village.run(Duration{1'500});
    CHECK(failures(village) == 0);
    village.run(Duration{3'500});

    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a process that was stopped and goes on accuses nobody", "[gossip]") {
    Village village(14);
    Settings settings;
    settings.timing.node_timeout = Duration{2'000};
    village.found(3, 1, settings);

    village.stop(4);
    village.run(Duration{60'000});
    village.resume(4);
    village.run(Duration{5'000});

    CHECK(village.count(4, Kind::resumed) == 1);
    CHECK(village.count(4, Kind::peer_suspected) == 0);
    CHECK_FALSE(village.sees(1, 4, flag_failed));
}

TEST_CASE("a stopped primary is failed after the node timeout and follows when it goes on",
          "[gossip]") {
    Village village(15);
    Settings settings;
    settings.timing.node_timeout = Duration{2'000};
    village.found(3, 1, settings);

    village.stop(0);
    village.run(Duration{1'000});
    CHECK(failures(village) == 0);
    village.run(Duration{4'000});
    REQUIRE(village.owner(1, 0) == 3u);
    village.resume(0);
    village.run(Duration{3'000});

    CHECK(village.member(0, 0).primary == village.id(3));
}

TEST_CASE("an isolated primary stops accepting writes before it is replaced", "[gossip]") {
    Village village(16);
    village.found(3, 1);
    std::optional<Instant> fenced_at, replaced_at;
    village.after_each = [&] {
        if (!fenced_at && village.node(0).topology()->fenced) fenced_at = village.now();
        if (!replaced_at && village.owner(3, 0) == 3u) replaced_at = village.now();
    };

    village.cut({0});
    village.run(Duration{40'000});

    REQUIRE(fenced_at);
    REQUIRE(replaced_at);
    CHECK(*fenced_at < *replaced_at);
    CHECK_FALSE(village.status(0).serving);

    village.heal();
    village.run(Duration{20'000});
    CHECK(village.member(0, 0).primary == village.id(3));
    for (std::size_t i = 0; i < 6; ++i) CHECK(village.status(i).serving);
}

TEST_CASE("a primary whose links to the majority end is fenced at once", "[gossip]") {
    Village village(17);
    village.found(3, 1);

    village.kill(1);
    village.kill(2);
    village.run(Duration{20});

    CHECK(village.status(0).fenced);
    CHECK_FALSE(village.status(0).serving);
}

TEST_CASE("a minority neither fails anybody nor serves", "[gossip]") {
    Village village(18);
    Settings settings;
    settings.timing.node_timeout = Duration{2'000};
    village.found(3, 1, settings);

    village.cut({0, 3});
    village.run(Duration{10'000});

    CHECK(village.count(0, Kind::peer_failed) == 0);
    CHECK_FALSE(village.status(0).serving);
    CHECK(village.status(1).serving == false);  // Slot 0's shard is on the other side entirely.
    village.heal();
    village.run(Duration{15'000});
    for (std::size_t i = 0; i < 6; ++i) CHECK(village.status(i).serving);
    CHECK(village.owner(1, 0) == 0u);
}

TEST_CASE("a primary without replicas serves again as soon as it is back", "[gossip]") {
    Village village(19);
    village.found(3, 0);

    village.kill(0);
    village.run(Duration{1'000});
    REQUIRE(village.sees(1, 0, flag_failed));
    village.restart(0);

    CHECK(village.run_until([&] { return village.status(1).serving && village.status(0).serving; },
                            Duration{8'000}));
    CHECK(village.owner(1, 0) == 0u);
}

TEST_CASE("a killed node without slots is failed by the primaries", "[gossip]") {
    Village village(18);
    village.found(3, 1);

    village.kill(5);
    village.run(Duration{2'000});

    for (std::size_t i = 0; i < 5; ++i) CHECK(village.sees(i, 5, flag_failed));
}

TEST_CASE("a lease ends before anybody may be suspected for silence, and goes on with each answer",
          "[gossip]") {
    Village village(31);
    village.found(3, 1);
    const Instant begin = village.now();

    CHECK(village.node(0).lease() > begin);
    CHECK(village.node(0).lease() <= begin + Timing{}.fence());
    CHECK(village.node(3).lease() == Instant::max());  // A replica needs none.

    village.cut({0});
    const Instant last = village.node(0).lease();
    village.run(Duration{10'000});
    CHECK(village.status(0).fenced);
    // What was on its way may still come, and the end is noticed at a tick.
    CHECK(village.node(0).lease() <= last + Duration{2} + Timing{}.tick);

    village.heal();
    village.run(Duration{20'000});
    CHECK(village.node(0).lease() > village.now());
}

TEST_CASE("a primary that goes on while its successor is elected never writes beside it",
          "[gossip]") {
    for (std::uint64_t seed = 100; seed < 140; ++seed) {
        Village village(seed);
        Settings settings;
        settings.timing.node_timeout = Duration{2'000};
        village.found(3, 1, settings);
        bool both = false;
        const auto writes = [&](std::size_t i) {
            return village.accepts(i) && village.now() < village.node(i).lease();
        };
        village.after_each = [&] {
            both = both || (!village.house(0).stopped && writes(0) && writes(3));
        };

        village.stop(0);
        REQUIRE(village.run_until([&] { return village.count(3, Kind::election_started) > 0; },
                                  Duration{10'000}));
        village.run(Duration{static_cast<std::int64_t>(seed % 8)});
        village.resume(0);
        village.run(Duration{5'000});

        CHECK_FALSE(both);
        for (const std::size_t i : {0, 2, 3}) CHECK(village.owner(i, 0) == village.owner(1, 0));
    }
}

TEST_CASE("the figures tell how long a failure went unnoticed and the slots unserved", "[gossip]") {
    Village village(20);
    village.found(3, 1);
    const Figures before = village.status(3).figures;

    village.kill(0);
    REQUIRE(village.run_until([&] { return village.owner(1, 0) == 3u; }, Duration{5'000}));
    village.run(Duration{200});

    const Status heir = village.status(3);
    CHECK(heir.figures.failures == before.failures + 1);
    CHECK(heir.figures.last_detection > Duration{0});
    CHECK(heir.figures.last_detection < Duration{500});
    CHECK(heir.figures.longest_detection >= heir.figures.last_detection);
    CHECK(heir.figures.takeovers == 1);
    CHECK(heir.figures.last_takeover < Duration{500});
    CHECK(heir.map_age <= Duration{300});
    CHECK(heir.reachable == 4);
    CHECK(heir.in_step == 4);
    CHECK(village.status(1).figures.takeovers == 0);
}

TEST_CASE("a stopped process goes unnoticed for the node timeout, and accuses nobody", "[gossip]") {
    Village village(21);
    village.found(3, 1);
    village.stop(2);
    village.run(Duration{40'000});
    const Figures accused = village.status(1).figures;

    village.resume(2);
    village.run(Duration{5'000});

    CHECK(accused.accusations == 1);
    CHECK(accused.last_detection >= Duration{15'000});
    CHECK(village.status(2).figures.accusations == 0);
}

TEST_CASE("an accusation that no majority shared is counted as withdrawn", "[gossip]") {
    Village village(22);
    village.found(3, 0);
    village.stop(1);
    village.stop(2);
    village.run(Duration{20'000});
    REQUIRE(village.status(0).figures.accusations == 2);

    village.resume(1);
    village.resume(2);
    village.run(Duration{5'000});

    CHECK(village.status(0).figures.withdrawn == 2);
    CHECK(village.status(0).figures.failures == 0);
}

TEST_CASE("a node that comes back after a long time is known to be there at once", "[gossip]") {
    Village village(18);
    village.found(3, 1);
    village.kill(3);
    village.run(Duration{20'000});  // Nobody calls it often any more.
    REQUIRE(village.sees(1, 3, flag_failed));

    village.restart(3);
    village.run(Duration{250});

    for (const std::size_t observer : {0u, 1u, 2u, 4u, 5u}) {
        CAPTURE(observer);
        CHECK_FALSE(village.sees(observer, 3, flag_failed));
    }
}

TEST_CASE("a vote takes the way on which it was asked for when there is no other", "[gossip]") {
    Village village(19);
    village.found(3, 1);
    village.kill(3);
    village.run(Duration{20'000});
    village.house(3).accepts = false;  // It calls others.
    village.restart(3);
    village.run(Duration{2'000});

    village.kill(0);
    village.run(Duration{1'000});

    CHECK(village.owner(1, 0) == 3u);
}

TEST_CASE("a failure that only the disk knows of ends with the first answer", "[gossip]") {
    Village village(90);
    village.found(3, 1);
    village.kill(3);
    auto state = parse_state(village.house(3).disk);
    REQUIRE(state);
    for (SavedMember& member : state->members) {
        member.failed = member.failed || member.id == village.id(0);
    }
    village.house(3).disk = to_text(*state);
    village.run(Duration{1'000});

    village.restart(3);
    village.run(Duration{5'000});

    CHECK_FALSE(village.sees(3, 0, flag_failed));
    CHECK(village.count(3, Kind::election_started) == 0);
    for (std::size_t i : {1, 2, 4, 5}) CHECK_FALSE(village.sees(i, 0, flag_failed));
}

TEST_CASE("who is fenced or does not serve says whose word it lacks", "[gossip]") {
    Village village(91);
    village.found(3, 0);
    village.kill(1);
    village.kill(2);
    REQUIRE(village.run_until([&] { return village.count(0, Kind::not_serving) > 0; },
                              Duration{60'000}));

    for (const Kind kind : {Kind::fenced, Kind::not_serving}) {
        CHECK(names(detail_of(village, 0, kind), village.id(1)));
        CHECK(names(detail_of(village, 0, kind), village.id(2)));
    }
}

TEST_CASE("who waits for the word of others after a restart says so, once", "[gossip]") {
    Village village(92);
    Settings settings;
    settings.require_full_coverage = false;
    village.found(3, 0, settings);
    for (std::size_t number : {0, 1, 2}) village.kill(number);
    village.restart(0);
    village.restart(1);
    village.run(Duration{60'000});

    REQUIRE_FALSE(village.accepts(0));
    CHECK(village.count(0, Kind::not_serving) == 1);
    CHECK(names(detail_of(village, 0, Kind::not_serving), village.id(2)));
    CHECK_FALSE(names(detail_of(village, 0, Kind::not_serving), village.id(1)));
    REQUIRE(village.obey(0, Forget{village.id(2)}));
    REQUIRE(village.obey(1, Forget{village.id(2)}));
    CHECK(village.run_until([&] { return village.accepts(0); }, Duration{5'000}));
}
