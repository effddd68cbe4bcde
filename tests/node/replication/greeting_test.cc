#include "node/replication/greeting.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::node::replication;

namespace {

using Words = std::vector<std::string_view>;
const std::string some_id(40, 'a');

}  // namespace

TEST_CASE("a replica's REPLCONF options are remembered", "[replication]") {
    Greeting greeting;

    REQUIRE(hear(greeting, Words{"REPLCONF", "listening-port", "6380"}));
    REQUIRE(hear(greeting, Words{"replconf", "CAPA", "eof", "capa", "psync2", "capa", "other"}));
    REQUIRE(hear(greeting, Words{"REPLCONF", "ip-address", "10.0.0.1", "version", "7.2.4"}));

    CHECK(greeting.port == 6380);
    CHECK(greeting.address == "10.0.0.1");
    CHECK(greeting.version == "7.2.4");
    CHECK(greeting.reads_eof_mark);
    CHECK(greeting.reads_new_id);
    CHECK_FALSE(greeting.payload_only);
}

TEST_CASE("a backup asks for a payload only", "[replication]") {
    Greeting greeting;

    REQUIRE(hear(greeting, Words{"REPLCONF", "rdb-only", "1"}));
    CHECK(greeting.payload_only);
    CHECK(greeting.wants_data);
    REQUIRE(hear(greeting, Words{"REPLCONF", "rdb-filter-only", "functions"}));
    CHECK_FALSE(greeting.wants_data);
}

TEST_CASE("REPLCONF refuses what it does not know", "[replication]") {
    Greeting greeting;

    CHECK(hear(greeting, Words{"REPLCONF", "colour", "red"}).error().text ==
          "ERR Unrecognized REPLCONF option: colour");
    CHECK(hear(greeting, Words{"REPLCONF", "capa"}).error().text == "ERR syntax error");
    CHECK(hear(greeting, Words{"REPLCONF", "listening-port", "70000"}).error().text ==
          "ERR value is not an integer or out of range");
}

TEST_CASE("PSYNC names a history and the first byte that is missing", "[replication]") {
    const auto request = parse_sync(Words{"PSYNC", some_id, "101"});

    CHECK(request->named);
    CHECK(request->id.text() == some_id);
    CHECK(request->offset == 100);
}

TEST_CASE("a sync without a history asks for everything", "[replication]") {
    CHECK(parse_sync(Words{"PSYNC", "?", "-1"})->id.none());
    CHECK(parse_sync(Words{"PSYNC", "?", "-1"})->named);
    CHECK_FALSE(parse_sync(Words{"SYNC"})->named);
    CHECK(parse_sync(Words{"PSYNC", "?", "many"}).error().code() == "ERR");
}
