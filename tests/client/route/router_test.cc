#include "client/route/router.h"

#include <catch2/catch.hpp>
#include <set>

using namespace grapevine;
using namespace grapevine::client;
using route::NodeIndex;
using route::Router;
using route::SlotMap;
using route::Verdict;
using Kind = Verdict::Kind;
using namespace std::chrono_literals;

namespace {

constexpr Instant start{1h};

// Two shards of a primary and a replica each: 7000 and 7002 have slots 0-8191, 7001 and 7003 the
// rest.
struct World {
    Router router{{{"10.0.0.1", 7000}, {"10.0.0.1", 7001}}, 1};
    NodeIndex first = node(7000);
    NodeIndex second = node(7001);
    NodeIndex heir_of_first = node(7002);
    Facts facts{.slot = 100};
    Facts repeatable{.slot = 100, .traits = Trait::repeatable};
    Trip trip;

    World() { learn(); }

    NodeIndex node(std::uint16_t port) { return router.directory().index_of("10.0.0.1", port); }
    static std::string member(const std::string& port) {
        return "*2\r\n$8\r\n10.0.0.1\r\n:" + port + "\r\n";
    }
    void learn(const std::string& primary = "7000", const std::string& replica = "7002") {
        learn_map("*2\r\n*4\r\n:0\r\n:8191\r\n" + member(primary) + member(replica) +
                  "*4\r\n:8192\r\n:16383\r\n" + member("7001") + member("7003"));
    }
    void learn_without_replicas() {
        learn_map("*2\r\n*3\r\n:0\r\n:8191\r\n" + member("7000") + "*3\r\n:8192\r\n:16383\r\n" +
                  member("7001"));
    }
    void learn_map(const std::string& bytes) {
        auto map = SlotMap::parse(Reply(bytes), 0, router.directory());
        REQUIRE(map);
        router.learned(std::move(*map), start);
    }
    Verdict refuse(NodeIndex by, const std::string& error) {
        return router.refused(facts, trip, by, error, start);
    }
    NodeIndex next() { return router.route(facts, trip); }
};

}  // namespace

TEST_CASE("a request goes to the primary of its slot, one without keys to any node", "[route]") {
    World world;
    CHECK(world.next() == world.first);
    CHECK(world.router.route({.slot = 16383}, {}) == world.second);
    CHECK(world.router.route({}, {}) != route::no_node);
    CHECK(Router({}, 1).route({.slot = 1}, {}) == route::no_node);
}

TEST_CASE("MOVED sends at once, and all later requests of the slot too", "[route]") {
    World world;
    CHECK(world.refuse(world.first, "MOVED 100 10.0.0.1:7001").kind == Kind::send);
    CHECK(world.next() == world.second);
    CHECK(world.router.route(world.facts, {}) == world.second);
    CHECK(world.router.route({.slot = 101}, {}) == world.first);
}

TEST_CASE("MOVED without a host means the node that says it", "[route]") {
    World world;
    CHECK(world.refuse(world.first, "MOVED 100 :7001").kind == Kind::send);
    CHECK(world.next() == world.second);
}

TEST_CASE("ASK is for one request and one time", "[route]") {
    World world;
    CHECK(world.refuse(world.first, "ASK 100 10.0.0.1:7001").kind == Kind::send);
    CHECK(world.trip.asking);
    CHECK(world.next() == world.second);
    CHECK(world.router.route(world.facts, {}) == world.first);
    // The other half of its keys has not arrived yet: from the beginning again.
    CHECK(world.refuse(world.second, "TRYAGAIN Multiple keys").kind == Kind::later);
    CHECK_FALSE(world.trip.asking);
    CHECK(world.next() == world.first);
}

TEST_CASE("a node that cannot now is tried again, later each time", "[route]") {
    const auto* error =
        GENERATE("TRYAGAIN x", "CLUSTERDOWN x", "LOADING x", "MASTERDOWN x", "READONLY x");
    World world;
    Duration waited{};
    for (int i = 0; i < 6; ++i) {
        const Verdict verdict = world.refuse(world.first, error);
        REQUIRE(verdict.kind == Kind::later);
        CHECK(verdict.at > start + waited / 2);
        waited = verdict.at - start;
    }
    CHECK(waited <= 64ms);
    CHECK(world.trip.setback == error);
}

TEST_CASE("other errors are the caller's, with what became of the request", "[route]") {
    World world;
    CHECK(world.refuse(world.first, "WRONGTYPE x").effect == Effect::ran);
    CHECK(world.refuse(world.first, "NOAUTH x").effect == Effect::refused);
    world.trip.pinned = true;
    const Verdict moved = world.refuse(world.first, "MOVED 100 10.0.0.1:7001");
    CHECK(moved.kind == Kind::fail);
    CHECK(moved.effect == Effect::refused);
}

TEST_CASE("what may have run once is not said to have been refused", "[route]") {
    World world;
    CHECK(world.router.lost(world.repeatable, world.trip, world.first, true, "reset", start).kind ==
          Kind::later);
    CHECK(world.router.refused(world.repeatable, world.trip, world.first, "OOM x", start).effect ==
          Effect::unknown);
    CHECK(world.router.lost(world.repeatable, world.trip, world.first, false, "NOAUTH x", start)
              .effect == Effect::unknown);
}

TEST_CASE("a lost request is sent again if it did not leave or may be repeated", "[route]") {
    World world;
    const auto lost = [&](const Facts& facts, bool sent) {
        Trip trip;
        return world.router.lost(facts, trip, world.first, sent, "reset", start);
    };
    CHECK(lost(world.facts, false).kind == Kind::later);
    CHECK(lost(world.repeatable, false).kind == Kind::later);
    CHECK(lost(world.repeatable, true).kind == Kind::later);
    CHECK(lost({.slot = 100, .traits = Trait::reads}, true).kind == Kind::later);
    const Verdict verdict = lost(world.facts, true);
    CHECK(verdict.kind == Kind::fail);
    CHECK(verdict.effect == Effect::unknown);
    CHECK(verdict.text == "LOST 10.0.0.1:7000: reset");
}

TEST_CASE("the replicas of a primary that is gone are asked in turn with it", "[route]") {
    World world;
    world.router.down(world.first);
    CHECK(world.next() == world.heir_of_first);
    // It knows no better yet.
    CHECK(world.refuse(world.heir_of_first, "MOVED 100 10.0.0.1:7000").kind == Kind::later);
    CHECK(world.next() == world.first);
    CHECK(world.router.lost(world.facts, world.trip, world.first, false, "refused", start).kind ==
          Kind::later);
    CHECK(world.next() != world.heir_of_first);  // Others may know.
    CHECK(world.refuse(world.next(), "MOVED 100 10.0.0.1:7000").kind == Kind::later);
    CHECK(world.next() == world.heir_of_first);
    world.router.served(world.facts, world.trip, world.heir_of_first);
    CHECK(world.router.route({.slot = 101}, {}) == world.heir_of_first);
    CHECK(world.router.route({.slot = 9000}, {}) == world.second);
}

TEST_CASE("without known replicas anybody may say where a primary that is gone is now", "[route]") {
    World world;
    world.learn_without_replicas();
    world.router.down(world.first);
    CHECK(world.next() == world.first);
    const auto refused = [&] {
        return world.router.lost(world.facts, world.trip, world.first, false, "refused", start);
    };
    CHECK(refused().kind == Kind::later);
    CHECK(world.next() == world.second);
    // It knows no better yet.
    CHECK(world.refuse(world.second, "MOVED 100 10.0.0.1:7000").kind == Kind::later);
    CHECK(world.next() == world.first);
    CHECK(refused().kind == Kind::later);
    CHECK(world.next() == world.second);
    CHECK(world.refuse(world.second, "MOVED 100 10.0.0.9:7000").kind == Kind::send);
    CHECK(world.next() == world.router.directory().index_of("10.0.0.9", 7000));
}

TEST_CASE("where a whole shard is gone the others are asked too", "[route]") {
    World world;
    world.router.down(world.first);
    world.router.down(world.heir_of_first);
    const auto fails_at = [&](NodeIndex node) {
        CHECK(world.next() == node);
        CHECK(world.router.lost(world.facts, world.trip, node, false, "refused", start).kind ==
              Kind::later);
    };
    for (int round = 0; round < 2; ++round) {
        fails_at(world.heir_of_first);
        fails_at(world.first);
        const NodeIndex other = world.next();
        CHECK((other == world.second || other == world.node(7003)));
        CHECK(world.refuse(other, "MOVED 100 10.0.0.1:7000").kind == Kind::later);
    }
}

TEST_CASE("what is for a silent primary does not wait for it when it has replicas", "[route]") {
    World world;
    world.router.silent(world.first);
    for (int i = 0; i < 6; ++i) {
        const NodeIndex next = world.next();
        CHECK(next != world.first);
        CHECK((next == world.heir_of_first || i % 2 != 0));
        CHECK(world.refuse(next, "MOVED 100 10.0.0.1:7000").kind == Kind::later);
    }
    world.router.served(world.facts, world.trip, world.heir_of_first);
    CHECK(world.router.route({.slot = 101}, {}) == world.heir_of_first);
}

TEST_CASE("a silent primary that is heard again has its slots", "[route]") {
    World world;
    world.router.silent(world.first);
    world.router.heard(world.first);
    CHECK(world.next() == world.first);
}

TEST_CASE("nodes that send a request in a circle are asked more slowly", "[route]") {
    World world;
    int at_once = 0;
    int later = 0;
    for (int i = 0; i < 40; ++i) {
        const bool here = world.next() == world.first;
        const Verdict verdict =
            world.refuse(here ? world.first : world.second,
                         here ? "MOVED 100 10.0.0.1:7001" : "MOVED 100 10.0.0.1:7000");
        REQUIRE(verdict.kind != Kind::fail);
        (verdict.kind == Kind::send ? at_once : later) += 1;
    }
    CHECK(at_once == 30);
    CHECK(later == 10);
}

TEST_CASE("one question at a time, and few of them while a cluster heals", "[route]") {
    World world;
    Instant now = start + 1h;
    world.router.down(world.first);
    const auto before = world.router.questions();
    for (; now < start + 1h + 5s; now += 10ms) {
        world.router.down(world.first);  // All the time something goes wrong.
        if (!world.router.question(now)) continue;
        CHECK_FALSE(world.router.question(now + 1s));
        // Those who do not know yet, and what others have shown us, in turn.
        world.learn(world.router.questions() % 2 == 0 ? "7000" : "7002",
                    world.router.questions() % 2 == 0 ? "7002" : "7000");
    }
    CHECK(world.router.questions() - before >= 2);
    CHECK(world.router.questions() - before <= 5);
}

TEST_CASE("a question without an answer is asked again", "[route]") {
    World world;
    const Instant now = start + 1h;
    REQUIRE(world.router.question(now));
    world.router.not_learned(now);
    CHECK_FALSE(world.router.question(now + 50ms));
    CHECK(world.router.question(now + 100ms));
}

TEST_CASE("a question without an answer is asked again soon, however many had one", "[route]") {
    World world;
    Instant now = start + 1h;
    // The gap between those that are answered has grown to several seconds.
    for (int answered = 0; answered < 4; now += 10ms) {
        world.router.down(world.first);
        if (!world.router.question(now)) continue;
        world.learn();
        ++answered;
    }
    world.router.down(world.first);
    now = world.router.next_question();
    REQUIRE(world.router.question(now));
    for (const auto gap : {100ms, 200ms, 400ms}) {
        world.router.not_learned(now);
        CHECK(world.router.next_question() == now + gap);
        now += gap;
        REQUIRE(world.router.question(now));
    }
    world.learn();
    world.router.down(world.first);
    CHECK(world.router.next_question() > now + 1s);
}

TEST_CASE("where nobody answers, all that are known are asked in turn, and soon", "[route]") {
    World world;
    Instant now = start + 1h;
    std::set<NodeIndex> asked;
    for (const std::uint16_t port : {7000, 7001, 7002, 7003}) world.router.down(world.node(port));
    for (int i = 0; i < 40; ++i) {
        if (i % 4 == 0) asked.clear();
        const auto node = world.router.question(now);
        REQUIRE(node);
        asked.insert(*node);
        world.router.not_learned(now);
        CHECK(world.router.next_question() - now <= 1s);
        now = world.router.next_question();
        if (i % 4 == 3) CHECK(asked.size() == 4);
    }
}
