// Who may have been replaced must not say that it has written.
#include "tests/node/session/dispatchers_fixture.h"

using namespace grapevine;
using namespace grapevine::node;
using node::test::Client;
using node::test::Dispatchers;

namespace {

constexpr std::int64_t hour_us = 3'600'000'000;

// A client of worker 0, which keeps "foo"; "bar" is worker 1's.
struct Node : Dispatchers {
    Node() : Dispatchers(2), client(worker(0)) {
        turn_all();
        lease_until(now_us() + hour_us);
    }
    void lose_lease() { lease_until(now_us() - hour_us); }

    // Worker 0 alone finds its lease lost, then takes the map that the node has made meanwhile.
    void lose_lease_then_take(const slots::Topology& map, std::int64_t until_us) {
        auto& lease = lease_of(0);
        lease.tell(now_us() - hour_us);
        worker(0).begin_turn();
        const auto number = lease.map_made();
        lease.tell(until_us);
        worker(0).set_topology(std::make_shared<const slots::Topology>(map), number);
    }
    Client client;
};

slots::Topology replaced() {
    auto map = Dispatchers::map();
    map.nodes[0].role = slots::Role::replica;
    map.owner.fill(1);
    return map;
}

slots::Topology fenced() {
    auto map = Dispatchers::map();
    map.fenced = true;
    return map;
}

}  // namespace

TEST_CASE("a transaction on another worker is confirmed while the lease lasts", "[session]") {
    Node node;
    node.client.send("MULTI\r\nSET bar 1\r\nEXEC\r\n");
    node.turn(0);
    REQUIRE(node.client.received() == "+OK\r\n+QUEUED\r\n");
    node.turn(1);
    REQUIRE(node.keys() == 1);

    SECTION("and it does") {
        node.turn(0);
        CHECK(node.client.received() == "*1\r\n+OK\r\n");
    }
    SECTION("but it was lost") {
        node.lose_lease();
        node.turn(0);
        CHECK(node.client.received() == "(closed)");
    }
}

TEST_CASE("a transaction that only reads needs no lease", "[session]") {
    Node node;
    node.client.send("MULTI\r\nGET bar\r\nEXEC\r\n");
    node.turn(0);
    node.turn(1);
    node.lose_lease();
    node.turn(0);
    CHECK(node.client.received() == "+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
}

TEST_CASE("what all workers have written is confirmed while the lease lasts", "[session]") {
    Node node;
    node.client.send("FLUSHALL\r\n");
    node.turn(0);
    node.turn_journal();
    node.turn(0);
    node.turn(1);

    SECTION("and it does") {
        node.turn_journal();
        node.turn(0);
        CHECK(node.client.received() == "+OK\r\n");
    }
    SECTION("but it was lost") {
        node.lose_lease();
        node.turn_journal();
        node.turn(0);
        CHECK(node.client.received() == "(closed)");
    }
}

TEST_CASE("a write behind a reply that is missing is looked at when it leaves", "[session]") {
    Node node;
    node.client.send("GET bar\r\nSET foo 1\r\n");
    node.turn(0);
    REQUIRE(node.keys() == 1);
    REQUIRE(node.client.received().empty());

    SECTION("with a lease") {
        node.turn(1);
        node.turn(0);
        CHECK(node.client.received() == "$-1\r\n+OK\r\n");
    }
    SECTION("without one") {
        node.lose_lease();
        node.turn(1);
        node.turn(0);
        CHECK(node.client.received() == "(closed)");
    }
    SECTION("after the node was replaced") {
        node.lose_lease_then_take(replaced(), Dispatchers::for_ever);
        node.turn(1);
        node.turn(0);
        CHECK(node.client.received() == "(closed)");
    }
}

TEST_CASE("a replaced node's worker does not confirm what it had asked another for", "[session]") {
    Node node;
    node.client.send("SET bar 1\r\n");
    node.turn(0);

    SECTION("when it needs no lease any more") {
        node.lose_lease_then_take(replaced(), Dispatchers::for_ever);
        node.turn_all();
        CHECK(node.client.received() == "(closed)");
    }
    SECTION("when it is fenced since it woke up") {
        node.lose_lease_then_take(fenced(), Dispatchers::now_us());
        node.turn_all();
        CHECK(node.client.received() == "(closed)");
    }
    SECTION("unless it gave its slots away before it lost anything") {
        const auto number = node.lease_of(0).map_made();
        node.lease_until(Dispatchers::for_ever);
        node.worker(0).set_topology(std::make_shared<const slots::Topology>(replaced()), number);
        node.turn_all();
        CHECK(node.client.received() == "+OK\r\n");
    }
    SECTION("unless its lease was prolonged meanwhile") {
        node.lose_lease_then_take(Dispatchers::map(), Dispatchers::now_us() + hour_us);
        node.turn_all();
        CHECK(node.client.received() == "+OK\r\n");
    }
    SECTION("but passes on that it was refused") {
        node.worker(1).set_topology(std::make_shared<const slots::Topology>(replaced()), 0);
        node.lose_lease_then_take(replaced(), Dispatchers::for_ever);
        node.turn_all();
        CHECK(node.client.received().starts_with("-MOVED"));
    }
}

TEST_CASE("the worker that has written looks at its own lease", "[session]") {
    Node node;
    const std::string request = GENERATE("SET bar 1\r\n", "MULTI\r\nSET bar 1\r\nEXEC\r\n");
    // Its turn begins with a lease, which it loses before it comes to the request.
    node.worker(1).loop().post([&] { node.lease_of(1).tell(Dispatchers::now_us() - hour_us); });
    node.client.send(request);
    node.turn(0);
    node.client.received();

    node.turn(1);
    REQUIRE(node.keys() == 1);
    node.turn(0);

    CHECK(node.client.received() == "(closed)");
}

TEST_CASE("another client's write on a worker is not this one's", "[session]") {
    Node node;
    Client reader(node.worker(1));
    node.client.send("SET bar 1\r\n");
    node.turn(0);
    node.turn(1);
    node.lose_lease();
    reader.send("GET bar\r\n");
    node.turn(1);
    CHECK(reader.received() == "$1\r\n1\r\n");
}
