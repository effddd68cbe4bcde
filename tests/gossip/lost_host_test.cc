// Hosts that are gone: told from stopped processes, replaced at once, never while they still write.
#include "gossip/lost_host.h"

#include <catch2/catch.hpp>

#include "gossip/core.h"
#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;
using Kind = Event::Kind;

namespace {

Settings with_evidence() {
    Settings settings;
    settings.host_evidence = true;
    return settings;
}

std::size_t in_all(Village& village, Kind kind) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < village.size(); ++i) {
        if (village.alive(i)) count += village.count(i, kind);
    }
    return count;
}

bool serves(Village& village, std::size_t number) {
    const auto map = village.node(number).topology();
    return map->serving && !map->fenced;
}

// Of the first slot.
bool writes(Village& village, std::size_t number) {
    return village.owner(number, 0) == number && serves(village, number);
}

struct Cut {
    std::optional<Duration> fenced, replaced;
    bool overlap = false;
};

// Node 0's links end silently.
bool two_write_after_cut(Village& village, Duration during) {
    bool overlap = false, replaced = false;
    village.after_each = [&] {
        const bool old_one = writes(village, 0) && village.now() < village.node(0).lease();
        const bool new_one = writes(village, 3);
        replaced = replaced || new_one;
        overlap = overlap || (old_one && new_one);
    };
    village.cut({0});
    village.run(during);
    CHECK(replaced);
    return overlap;
}

// Node 0 of three primaries with a replica each is cut off.
Cut cut_off(std::uint64_t seed, Settings settings, Duration limit) {
    Village village(seed);
    village.found(3, 1, std::move(settings));
    village.run(Duration{static_cast<std::int64_t>(seed * 37 % 1'000)});
    Cut seen;
    const Instant cut_at = village.now();
    village.after_each = [&] {
        const bool old_one = writes(village, 0), new_one = writes(village, 3);
        if (!old_one && !seen.fenced) seen.fenced = village.now() - cut_at;
        if (new_one && !seen.replaced) seen.replaced = village.now() - cut_at;
        seen.overlap = seen.overlap || (old_one && new_one);
    };
    village.cut({0});
    (void)village.run_until([&] { return seen.replaced.has_value(); }, limit);
    return seen;
}

const Member* known(Village& village, std::size_t observer, std::size_t about) {
    return village.node(observer).inside().members.find(village.id(about));
}

// Until later than the other has promised. The clocks of a village are equal.
bool counts_in_vain(Village& village, std::size_t asker, std::size_t other) {
    const Member* told = known(village, asker, other);
    if (told == nullptr || !told->contact_until) return false;
    const bool welcomed = *told->contact_until <= told->joined_at + Timing{}.lease;
    const Member* by = known(village, other, asker);
    return !welcomed && (by == nullptr || by->relied_until < *told->contact_until);
}

}  // namespace

TEST_CASE("a host that is cut off is replaced within 1.5 s, and writes no more by then",
          "[gossip]") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        const Cut seen = cut_off(seed, with_evidence(), Duration{30'000});

        REQUIRE(seen.fenced);
        REQUIRE(seen.replaced);
        CHECK(*seen.fenced < *seen.replaced);
        CHECK(*seen.replaced <= Duration{1'400});
        CHECK_FALSE(seen.overlap);
    }
}

TEST_CASE("an accusation is kept by those who do not suspect anybody", "[gossip]") {
    Village village(1);
    village.found(5, 0, with_evidence());
    village.cut_pair(0, 1);
    REQUIRE(village.run_until([&] { return village.sees(1, 0, flag_suspected); }, Duration{2'000}));

    village.run(Duration{5});

    for (const std::size_t other : {2, 3, 4}) {
        CHECK(known(village, other, 0)->reports.contains(village.id(1)));
    }
}

TEST_CASE("a primary of a cluster that was made this very moment is fenced as soon", "[gossip]") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        Village village(seed);
        village.gather(3, 1, with_evidence());
        village.run(Duration{static_cast<std::int64_t>(seed % 10)});

        CHECK_FALSE(two_write_after_cut(village, Duration{10'000}));
    }
}

// Its workers look at the lease before its bus has seen that it was stopped.
TEST_CASE("nodes get another node timeout one by one, and a lease is over before the next election",
          "[gossip]") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        Village village(seed);
        Settings settings;
        village.found(3, 1, settings);
        settings.timing.node_timeout = Duration{2'000};
        for (std::size_t i = 1; i < village.size(); ++i) village.configure(i, settings);
        village.run(Duration{12'000 + static_cast<std::int64_t>(seed * 37 % 1'000)});

        village.stop(0);
        REQUIRE(village.run_until([&] { return writes(village, 3); }, Duration{10'000}));

        CHECK(village.node(0).lease() <= village.now());
    }
}

TEST_CASE("without host evidence a host that is cut off is replaced after the node timeout",
          "[gossip]") {
    const Cut seen = cut_off(7, {}, Duration{30'000});

    REQUIRE(seen.replaced);
    CHECK(*seen.replaced > Duration{15'000});
    CHECK_FALSE(seen.overlap);
}

TEST_CASE("with a node timeout that is as short as a lease nothing changes", "[gossip]") {
    Settings settings = with_evidence();
    settings.timing.node_timeout = Duration{1'000};

    const Cut seen = cut_off(8, settings, Duration{30'000});

    REQUIRE(seen.replaced);
    CHECK(*seen.replaced > Duration{1'000});
    CHECK_FALSE(seen.overlap);
}

TEST_CASE("a primary that does not know of short leases is replaced when its long one has run out",
          "[gossip]") {
    Village village(9);
    village.found(3, 1, with_evidence());
    Settings old = village.house(0).settings;
    old.host_evidence = false;
    (void)village.node(0).configure(old, village.now());
    village.run(Duration{5'000});
    const Instant cut_at = village.now();

    village.cut({0});
    REQUIRE(village.run_until([&] { return writes(village, 3); }, Duration{30'000}));

    CHECK(village.now() - cut_at > Duration{3'700});
    CHECK_FALSE(writes(village, 0));
}

TEST_CASE("a process that stands still for 10 s is accused by nobody and accuses nobody",
          "[gossip]") {
    for (std::size_t stopped = 0; stopped < 6; ++stopped) {
        Village village(20 + stopped);
        village.found(3, 1, with_evidence());
        const std::size_t accusations = in_all(village, Kind::peer_suspected);

        village.stop(stopped);
        village.run(Duration{10'000});
        village.resume(stopped);
        village.run(Duration{5'000});

        CHECK(in_all(village, Kind::peer_suspected) == accusations);
        CHECK(in_all(village, Kind::election_started) == 0);
        for (std::size_t i = 0; i < 3; ++i) CHECK(serves(village, i));
    }
}

TEST_CASE("one broken line fails nobody, and both ends go on writing", "[gossip]") {
    Village village(30);
    village.found(3, 1, with_evidence());

    village.cut_pair(0, 1);
    village.run(Duration{10'000});

    CHECK(in_all(village, Kind::peer_failed) == 0);
    CHECK(in_all(village, Kind::election_started) == 0);
    for (std::size_t i = 0; i < 3; ++i) CHECK(serves(village, i));
}

TEST_CASE("who hears nobody has been cut off, and does not accuse the others for it", "[gossip]") {
    Village village(31);
    village.found(3, 1, with_evidence());

    village.cut({0});
    village.run(Duration{7'000});

    CHECK(village.count(0, Kind::peer_suspected) == 0);
    CHECK(village.count(1, Kind::peer_suspected) == 1);
}

TEST_CASE("on a slow network leases stay long, and nobody is fenced", "[gossip]") {
    Village village(32);
    village.set_delay(Duration{120}, Duration{200});
    village.found(3, 1, with_evidence());
    std::size_t fenced = 0;
    village.run(Duration{10'000});
    village.after_each = [&] {
        for (std::size_t i = 0; i < 3; ++i) fenced += village.node(i).topology()->fenced ? 1 : 0;
    };

    village.run(Duration{60'000});

    CHECK(fenced == 0);
    CHECK(in_all(village, Kind::peer_failed) == 0);
}

TEST_CASE("a lease is told on the wire, and never as a longer one", "[gossip]") {
    for (const int ms : {17, 31, 32, 750, 1'000, 7'500, 30'000, 1'015'807}) {
        CAPTURE(ms);
        const Duration lease{ms};
        const std::uint16_t mark = lease_mark(lease);
        CHECK((mark & 0xff) == 0);
        const auto told = lease_from(mark);
        REQUIRE(told);
        CHECK(*told <= lease);
        CHECK(*told * 17 >= lease * 16);
    }
    CHECK_FALSE(lease_from(lease_mark(Duration{16})));
    CHECK(lease_from(lease_mark(Duration{5'000'000})) == Duration{1'015'808});
}

TEST_CASE("nobody counts on an answer that promises nothing, however new the two are to each other",
          "[gossip]") {
    for (std::uint64_t seed = 200; seed < 220; ++seed) {
        CAPTURE(seed);
        Village village(seed);
        std::size_t in_vain = 0;
        village.after_each = [&] {
            for (std::size_t asker = 0; asker < village.size(); ++asker) {
                for (std::size_t other = 0; other < village.size(); ++other) {
                    in_vain += counts_in_vain(village, asker, other) ? 1 : 0;
                }
            }
        };

        village.found(3, 1, with_evidence());

        CHECK(in_vain == 0);
    }
}
