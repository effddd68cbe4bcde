// Large clusters in small: a few voters vouch for each primary, and all others trust them.
#include "gossip/witnesses.h"

#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

constexpr std::size_t primaries = 12;

Settings large() {
    Settings settings;
    settings.host_evidence = true;
    settings.timing.most_pulsing_voters = 3;
    settings.timing.witnesses = 3;
    settings.timing.ask_spacing = Duration{1'000};
    return settings;
}

const Core& core(Village& village, std::size_t number) {
    return village.node(number).inside();
}

bool writes(Village& village, std::size_t number) {
    const auto map = village.node(number).topology();
    return village.owner(number, 0) == number && map->serving && !map->fenced &&
           village.now() < village.node(number).lease();
}

struct Large : Village {
    explicit Large(std::uint64_t seed) : Village(seed) {
        found(primaries, 1, large());
        run(Duration{20'000});
    }
};

}  // namespace

TEST_CASE("where there are many voters each primary names some, and is named by as many",
          "[gossip]") {
    Large village(1);

    for (std::size_t number = 0; number < primaries; ++number) {
        const auto& named = core(village, number).witnesses;
        REQUIRE(named);
        CHECK(named->size() == 3);
        CHECK_FALSE(is_witness(named, village.id(number)));
        std::size_t namers = 0;
        for (std::size_t other = 0; other < primaries; ++other) {
            namers += is_witness(core(village, other).witnesses, village.id(number)) ? 1 : 0;
        }
        CHECK(namers == 3);
        CHECK(writes(village, 0));
    }
    CHECK_FALSE(core(village, primaries).witnesses);  // A replica.
}

TEST_CASE("voters that have not been named are asked rarely", "[gossip]") {
    Large village(1);
    std::size_t pings = 0;
    village.on_send = [&](std::size_t from, const Message& message) {
        const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
        pings += from == 0 && heartbeat && heartbeat->kind == Heartbeat::Kind::ping ? 1 : 0;
    };

    village.run(Duration{60'000});

    const std::size_t paired = 60 * 4 * 6;         // At most three by name each way, every 250 ms.
    const std::size_t rarely = 60 / 12 * 11 + 60;  // And one by chance each second.
    const std::size_t own_replica = 60 * 4 / 15 + 2;
    CHECK(pings > 60 * 4 * 3 * 9 / 10);
    CHECK(pings < paired + rarely + own_replica);
}

TEST_CASE("a host that is cut off is replaced as fast as in a small cluster, and writes no more",
          "[gossip]") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        Large village(seed);
        village.run(Duration{static_cast<std::int64_t>(seed * 37 % 1'000)});
        const Instant cut_at = village.now();
        bool overlap = false;
        std::optional<Duration> replaced;
        village.after_each = [&] {
            const bool old_one = writes(village, 0), new_one = writes(village, primaries);
            overlap = overlap || (old_one && new_one);
            if (new_one && !replaced) replaced = village.now() - cut_at;
        };
        village.cut({0});
        (void)village.run_until([&] { return replaced.has_value(); }, Duration{60'000});

        REQUIRE(replaced);
        CHECK(*replaced <= Duration{1'400});
        CHECK_FALSE(overlap);
    }
}
