#include "tests/node/commands/database.h"

using namespace grapevine::node::commands;

TEST_CASE("bits are set and read by offset", "[commands]") {
    Database db;
    CHECK(db.run("SETBIT key 7 1") == integer(0));
    CHECK(db.run("SETBIT key 7 1") == integer(1));
    CHECK(db.run("GET key") == bulk("\x01"));
    CHECK(db.run("GETBIT key 7") == integer(1));
    CHECK(db.run("GETBIT key 4294967295") == integer(0));
    CHECK(db.run("SETBIT key 20 0") == integer(0));
    CHECK(db.run("STRLEN key") == integer(3));
    for (const auto* line : {"GETBIT key -1", "GETBIT key 4294967296", "SETBIT key x 1"}) {
        CHECK(db.run(line) == error("ERR bit offset is not an integer or out of range"));
    }
    CHECK(db.run("SETBIT key 0 2") == error("ERR bit is not an integer or out of range"));
}

TEST_CASE("BITCOUNT and BITPOS look at parts, in bytes or bits", "[commands]") {
    Database db;
    db.run("SET key foobar");
    CHECK(db.run("BITCOUNT key") == integer(26));
    CHECK(db.run("BITCOUNT key 1 1") == integer(6));
    CHECK(db.run("BITCOUNT key 5 30 BIT") == integer(17));
    CHECK(db.run("BITCOUNT key -1 -2") == integer(0));
    CHECK(db.run("BITCOUNT missing 0 x") == integer(0));
    CHECK(db.run("BITCOUNT key 1") == syntax_error_reply);
    db.run("SET key \"\\xff\\xf0\\x00\"");
    CHECK(db.run("BITPOS key 0") == integer(12));
    CHECK(db.run("BITPOS key 1 2") == integer(-1));
    CHECK(db.run("BITPOS key 1 7 15 BIT") == integer(7));
    db.run("SET key \"\\xff\\xff\"");
    CHECK(db.run("BITPOS key 0") == integer(16));
    CHECK(db.run("BITPOS key 0 0 -1") == integer(-1));
    CHECK(db.run("BITPOS key 0 -1 -100") == integer(-1));
    db.run("SET key \"\\x20\"");
    CHECK(db.run("BITPOS key 1 -1 -100") == integer(2));
    CHECK(db.run("BITPOS missing 0") == integer(0));
    CHECK(db.run("BITPOS missing 1") == integer(-1));
}

TEST_CASE("BITOP treats missing bytes as zeros", "[commands]") {
    Database db;
    db.run("SET a \"\\xf0\\x0f\"");
    db.run("SET b \"\\x3c\"");
    CHECK(db.run("BITOP AND to a b") == integer(2));
    CHECK(db.run("GET to") == bulk(std::string_view("\x30\0", 2)));
    CHECK(db.run("BITOP OR to a b") == integer(2));
    CHECK(db.run("GET to") == bulk("\xfc\x0f"));
    CHECK(db.run("BITOP XOR to b a") == integer(2));
    CHECK(db.run("GET to") == bulk("\xcc\x0f"));
    CHECK(db.run("BITOP NOT to b") == integer(1));
    CHECK(db.run("GET to") == bulk("\xc3"));
    db.effects();
    CHECK(db.run("BITOP AND to missing") == integer(0));
    CHECK(db.run("EXISTS to") == integer(0));
    CHECK(db.effects() == "DEL to");
}

TEST_CASE("BITFIELD wraps, saturates or fails as it was told", "[commands]") {
    Database db;
    CHECK(db.run("BITFIELD key SET u8 0 255 INCRBY u8 0 2 GET u8 0") == "*3\r\n:0\r\n:1\r\n:1\r\n");
    CHECK(db.run("BITFIELD key OVERFLOW SAT INCRBY u8 0 300 INCRBY i8 8 -200") ==
          "*2\r\n:255\r\n:-128\r\n");
    CHECK(db.run("BITFIELD key OVERFLOW FAIL INCRBY u8 0 1 GET u8 #0") == "*2\r\n$-1\r\n:255\r\n");
    CHECK(db.run("BITFIELD key SET i64 0 9223372036854775807 INCRBY i64 0 1") ==
          "*2\r\n:-36028797018963968\r\n:-9223372036854775808\r\n");
    CHECK(db.run("BITFIELD_RO key GET i64 0") == "*1\r\n:-9223372036854775808\r\n");
}

TEST_CASE("BITFIELD refuses what it cannot do, before it does anything", "[commands]") {
    Database db;
    for (const auto* type : {"u64", "i65", "u0", "x8", "8"}) {
        CHECK(db.run(std::string("BITFIELD key SET u8 0 1 GET ") + type + " 0")
                  .starts_with("-ERR Invalid bitfield type"));
    }
    CHECK(db.run("BITFIELD key GET u8 #536870912") ==
          error("ERR bit offset is not an integer or out of range"));
    CHECK(db.run("BITFIELD key OVERFLOW PANIC") == error("ERR Invalid OVERFLOW type specified"));
    CHECK(db.run("BITFIELD key SET u8 0") == syntax_error_reply);
    CHECK(db.run("BITFIELD_RO key SET u8 0 1") ==
          error("ERR BITFIELD_RO only supports the GET subcommand"));
    CHECK(db.run("EXISTS key") == integer(0));
    CHECK(db.effects().empty());
}
