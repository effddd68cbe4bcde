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
