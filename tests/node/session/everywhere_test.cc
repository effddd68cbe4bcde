#include "tests/node/session/dispatchers_fixture.h"

using namespace grapevine;
using namespace grapevine::node;
using node::test::Client;
using node::test::Dispatchers;

namespace {

constexpr auto hour_us = 3'600'000'000;

// Two keys of different workers.
constexpr std::string_view two_keys = "SET foo 1\r\nSET bar 1\r\n";

struct Filled : Dispatchers {
    explicit Filled(unsigned workers) : Dispatchers(workers), client(worker(0)) {
        client.send(two_keys);
        turn_all();
        REQUIRE(client.received() == "+OK\r\n+OK\r\n");
        REQUIRE(keys() == 2);
    }
    std::string ask(std::string_view lines) { return Dispatchers::ask(client, lines); }
    Client client;
};

}  // namespace

TEST_CASE("a command that writes names keys, or is one for every worker", "[session]") {
    for (const auto family : node::test::all_families()) {
        for (const auto& row : family) {
            INFO(row.name);
            if (row.run == nullptr || row.keys.first > 0) continue;
            CHECK((row.flags & commands::every_worker) != 0);
            if (row.flags & commands::writes) CHECK(session::writes_everywhere(row));
        }
    }
}

TEST_CASE("a replica is not emptied by its clients", "[session]") {
    Filled node(GENERATE(1u, 2u));
    auto map = Dispatchers::map();
    map.nodes[0].role = slots::Role::replica;
    map.owner.fill(1);
    node.take_map(map);

    const std::string refusal = "-READONLY You can't write against a read only replica.\r\n";
    CHECK(node.ask("FLUSHALL\r\n") == refusal);
    CHECK(node.ask("FLUSHDB ASYNC\r\n") == refusal);
    CHECK(
        node.ask("MULTI\r\nFLUSHALL\r\nEXEC\r\n").starts_with("+OK\r\n" + refusal + "-EXECABORT"));
    CHECK(node.keys() == 2);
}

TEST_CASE("one that becomes a replica meanwhile is not emptied either", "[session]") {
    Filled node(2);
    node.client.send("FLUSHALL\r\n");
    node.turn(0);
    node.journal().barrier([&](unsigned index) { node.worker(index).keeper().set_replica(true); },
                           {});
    const auto before = node.journal().end();

    node.turn_all();

    CHECK(node.client.received().starts_with("-READONLY"));
    CHECK(node.keys() == 2);
    CHECK(node.journal().end() == before);
}

TEST_CASE("a fenced primary does not empty itself", "[session]") {
    Filled node(GENERATE(1u, 2u));
    auto map = Dispatchers::map();
    map.fenced = true;
    node.take_map(map);

    CHECK(node.ask("FLUSHALL\r\n") == "-CLUSTERDOWN The cluster is down\r\n");
    CHECK(node.keys() == 2);
}

TEST_CASE("a primary without a lease waits before it empties itself", "[session]") {
    Filled node(GENERATE(1u, 2u));
    const std::string request = GENERATE("FLUSHALL\r\n", "MULTI\r\nFLUSHALL\r\nEXEC\r\n");
    node.lease_until(Dispatchers::now_us() - 1000);

    CHECK(node.ask(request).find("*1") == std::string::npos);
    CHECK(node.keys() == 2);

    SECTION("until it has one again") {
        node.lease_until(Dispatchers::now_us() + hour_us);
        node.turn_all();
        node.worker(0).retry_held();
        node.turn_all();
        CHECK(node.client.received().ends_with("+OK\r\n"));
        CHECK(node.keys() == 0);
    }
    SECTION("or has waited for too long") {
        node.lease_until(Dispatchers::now_us() - hour_us);
        node.turn_all();
        node.worker(0).retry_held();
        node.turn_all();
        CHECK(node.client.received().ends_with("-CLUSTERDOWN The cluster is down\r\n"));
        CHECK(node.keys() == 2);
    }
}

TEST_CASE("emptying is one effect, also in a transaction", "[session]") {
    Filled node(GENERATE(1u, 2u));
    const auto before = node.journal().end();

    CHECK(node.ask("MULTI\r\nFLUSHALL\r\nEXEC\r\n") == "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");

    CHECK(node.keys() == 0);
    const auto selected = std::string_view("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n").size();
    const auto flushed = std::string_view("*1\r\n$8\r\nFLUSHALL\r\n").size();
    CHECK(node.journal().end() - before == selected + flushed);
}

TEST_CASE("what was asked for wrongly is no effect", "[session]") {
    Filled node(GENERATE(1u, 2u));
    const auto before = node.journal().end();
    CHECK(node.ask("FLUSHALL NONSENSE\r\n") == "-ERR syntax error\r\n");
    CHECK(node.journal().end() == before);
    CHECK(node.keys() == 2);
}
