// EXEC whose parts are run one after the other.
#include "tests/node/session/dispatchers_fixture.h"

using namespace grapevine;
using namespace grapevine::node;
using node::test::Client;
using node::test::Dispatchers;

TEST_CASE("what is left of a transaction waits while writes are held", "[session]") {
    Dispatchers node(2);
    const Client client(node.worker(0));
    client.send("MULTI\r\nSET foo 1\r\nDBSIZE\r\nSET {foo}2 1\r\nEXEC\r\n");
    node.turn(0);  // The first part; how many keys worker 1 has is asked.
    REQUIRE(node.keys() == 1);
    const auto hold = [&](bool on) {
        for (unsigned i : {0u, 1u}) node.worker(i).hold_writes(session::Holder::failover, on);
    };
    hold(true);
    node.turn_all();
    CHECK(node.keys() == 1);

    hold(false);
    node.turn_all();
    CHECK(node.keys() == 2);
    CHECK(client.received().ends_with("*3\r\n+OK\r\n:1\r\n+OK\r\n"));
}

TEST_CASE("a transaction with a write is not run where nobody writes any more", "[session]") {
    Dispatchers node(GENERATE(1u, 2u));
    const Client client(node.worker(0));
    client.send("MULTI\r\nGET foo\r\nSET foo 1\r\n");
    node.turn_all();
    node.worker(0).set_obstacles({.writes = Error{"READONLY no"}});
    client.send("EXEC\r\nEXEC\r\nMULTI\r\nGET foo\r\nEXEC\r\n");
    node.turn_all();
    CHECK(client.received() ==
          "+OK\r\n+QUEUED\r\n+QUEUED\r\n"
          "-EXECABORT Transaction discarded because of: READONLY no\r\n"
          "-ERR EXEC without MULTI\r\n+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
    CHECK(node.keys() == 0);
}

TEST_CASE("no transaction is run while the dataset is being loaded", "[session]") {
    Dispatchers node(2);
    const Client client(node.worker(0));
    client.send("MULTI\r\nGET foo\r\n");
    node.turn_all();
    node.worker(0).set_obstacles({.loading = Error{"LOADING"}});
    client.send("EXEC\r\n");
    node.turn_all();
    CHECK(client.received().ends_with("-EXECABORT Transaction discarded because of: LOADING\r\n"));
}

TEST_CASE("EXEC and WATCH do not overtake what the client has asked for before", "[session]") {
    Dispatchers node(2);  // foo is worker 0's, bar worker 1's.
    const Client client(node.worker(0));
    CHECK(node.ask(client, "SET bar 1\r\nMULTI\r\nSET bar 2\r\nEXEC\r\nGET bar\r\n") ==
          "+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n$1\r\n2\r\n");

    CHECK(node.ask(client, "SET bar 3\r\nWATCH bar\r\nMULTI\r\nSET bar 4\r\nEXEC\r\n") ==
          "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
}

TEST_CASE("a transaction behind a missing reply ends, too", "[session]") {
    Dispatchers node(2);
    const Client client(node.worker(0));
    CHECK(node.ask(client,
                   "GET bar\r\nMULTI\r\nSET foo 1\r\nDBSIZE\r\nSET {foo}2 1\r\nEXEC\r\nPING\r\n") ==
          "$-1\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
          "*3\r\n+OK\r\n:1\r\n+OK\r\n+PONG\r\n");
    CHECK(node.ask(client, "MULTI\r\nSET bar 1\r\nEXEC\r\n") == "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
}

TEST_CASE("a request that is put off is as silent as it was to be", "[session]") {
    Dispatchers node(2);
    const Client client(node.worker(0));
    CHECK(node.ask(client, "GET bar\r\nCLIENT REPLY SKIP\r\nDBSIZE\r\nPING\r\n") ==
          "$-1\r\n+PONG\r\n");

    node.worker(0).hold_writes(session::Holder::failover, true);
    client.send("CLIENT REPLY SKIP\r\nSET foo 1\r\n");
    node.turn_all();
    node.worker(0).hold_writes(session::Holder::failover, false);
    CHECK(node.ask(client, "GET foo\r\n") == "$1\r\n1\r\n");
}
