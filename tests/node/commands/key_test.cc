#include "tests/node/commands/database.h"

using namespace grapevine::node::commands;

TEST_CASE("DEL journals only what was there", "[commands]") {
    Database db;
    db.run("MSET a 1 b 2");
    db.effects();
    CHECK(db.run("DEL missing a b a") == integer(2));
    CHECK(db.run("UNLINK a") == integer(0));
    CHECK(db.effects() == "DEL a b");
}

TEST_CASE("EXISTS counts a key as often as it is named", "[commands]") {
    Database db;
    db.run("SET a 1");
    CHECK(db.run("EXISTS a a missing") == integer(2));
    CHECK(db.run("TYPE a") == "+string\r\n");
    CHECK(db.run("TYPE missing") == "+none\r\n");
}

TEST_CASE("RENAME takes value and expiry along", "[commands]") {
    Database db;
    db.run("SET a 1 PX 500");
    db.run("SET b 2");
    db.effects();
    CHECK(db.run("RENAMENX a b") == integer(0));
    CHECK(db.run("RENAME a a") == ok);
    CHECK(db.effects().empty());
    CHECK(db.run("RENAME a b") == ok);
    CHECK(db.run("RENAMENX b c") == integer(1));
    CHECK(db.effects() == "RENAME a b\nRENAME b c");
    CHECK(db.run("PTTL c") == integer(500));
    CHECK(db.run("RENAME a b") == error("ERR no such key"));
}

TEST_CASE("COPY and MOVE reach the other database", "[commands]") {
    Database db;
    db.run("SET a 1");
    CHECK(db.run("COPY a a") == error("ERR source and destination objects are the same"));
    CHECK(db.run("COPY a b") == integer(1));
    CHECK(db.run("COPY a b") == integer(0));
    CHECK(db.run("COPY a a DB 1") == integer(1));
    CHECK(db.run("COPY a b DB 2") == error("ERR DB index is out of range"));
    CHECK(db.run("MOVE a 1") == integer(0));
    CHECK(db.run("MOVE b 1") == integer(1));
    CHECK(db.run("MOVE a 0") == error("ERR source and destination objects are the same"));
    CHECK(db.run("EXISTS a b") == integer(1));
    db.select(1);
    CHECK(db.run("MGET a b") == "*2\r\n" + bulk("1") + bulk("1"));
    CHECK(db.effects() == "SET a 1\nCOPY a b\nCOPY a a DB 1\nMOVE b 1");
}

TEST_CASE("EXPIRE changes an expiry only on its conditions", "[commands]") {
    Database db;
    db.run("SET a 1");
    db.effects();
    CHECK(db.run("EXPIRE a 10 XX") == integer(0));
    CHECK(db.run("EXPIRE a 10 GT") == integer(0));
    CHECK(db.run("EXPIRE a 10 NX") == integer(1));
    CHECK(db.run("EXPIRE a 10 NX") == integer(0));
    CHECK(db.run("PEXPIRE a 9000 GT") == integer(0));
    CHECK(db.run("PEXPIRE a 9000 LT") == integer(1));
    CHECK(db.run("EXPIREAT a 1700000020 XX") == integer(1));
    CHECK(db.effects() ==
          "PEXPIREAT a 1700000010000\nPEXPIREAT a 1700000009000\nPEXPIREAT a 1700000020000");
    CHECK(db.run("TTL a") == integer(20));
    CHECK(db.run("PEXPIRETIME a") == integer(1700000020000));
    CHECK(db.run("PERSIST a") == integer(1));
    CHECK(db.run("PERSIST a") == integer(0));
    CHECK(db.run("TTL a") == integer(-1));
    CHECK(db.run("TTL missing") == integer(-2));
}

TEST_CASE("an expiry in the past is a deletion", "[commands]") {
    Database db;
    db.run("MSET a 1 b 1");
    db.effects();
    CHECK(db.run("EXPIRE a -1") == integer(1));
    CHECK(db.run("PEXPIREAT b 1700000000000") == integer(1));
    CHECK(db.run("EXISTS a b") == integer(0));
    CHECK(db.effects() == "DEL a\nDEL b");
}

TEST_CASE("EXPIRE refuses what contradicts itself or overflows", "[commands]") {
    Database db;
    CHECK(db.run("EXPIRE a 1 NX GT") ==
          error("ERR NX and XX, GT or LT options at the same time are not compatible"));
    CHECK(db.run("EXPIRE a 1 GT LT") ==
          error("ERR GT and LT options at the same time are not compatible"));
    CHECK(db.run("EXPIRE a 1 OFTEN") == error("ERR Unsupported option OFTEN"));
    CHECK(db.run("EXPIRE a 9223372036854775807") ==
          error("ERR invalid expire time in 'expire' command"));
    CHECK(db.run("EXPIRE a x") == not_integer);
}

TEST_CASE("TTL rounds to the nearest second", "[commands]") {
    Database db;
    db.run("SET a 1 PX 1499");
    CHECK(db.run("TTL a") == integer(1));
    db.run("SET a 1 PX 1500");
    CHECK(db.run("TTL a") == integer(2));
}

TEST_CASE("OBJECT tells how a value is kept", "[commands]") {
    Database db;
    db.run("MSET n 12 short abc");
    db.run("SET long " + std::string(45, 'x'));
    CHECK(db.run("OBJECT ENCODING n") == bulk("int"));
    CHECK(db.run("OBJECT ENCODING short") == bulk("embstr"));
    CHECK(db.run("OBJECT ENCODING long") == bulk("raw"));
    CHECK(db.run("OBJECT ENCODING missing") == null);
    CHECK(db.run("OBJECT REFCOUNT n") == integer(1));
    CHECK(db.run("OBJECT FREQ n").starts_with("-ERR An LFU maxmemory policy is not selected"));
    CHECK(db.run("OBJECT HELP").starts_with("*"));
    CHECK(db.run("MEMORY USAGE missing") == null);
    CHECK(db.run("MEMORY USAGE n SAMPLES -1") == syntax_error_reply);
    CHECK(db.run("MEMORY USAGE long").starts_with(":"));
}

TEST_CASE("RESTORE makes again what DUMP wrote", "[commands]") {
    Database db;
    db.run("SET a value");
    const std::string dumped = db.run("DUMP a");
    const std::string payload =
        dumped.substr(dumped.find('\n') + 1, dumped.size() - dumped.find('\n') - 3);
    db.effects();
    CHECK(db.run("DUMP missing") == null);
    CHECK(db.run({"RESTORE", "a", "0", payload}) ==
          error("BUSYKEY Target key name already exists."));
    CHECK(db.run({"RESTORE", "b", "500", payload}) == ok);
    CHECK(db.run("GET b") == bulk("value"));
    CHECK(db.run("PTTL b") == integer(500));
    CHECK(db.effects() == "RESTORE b 1700000000500 " + payload + " REPLACE ABSTTL");
    CHECK(db.run({"RESTORE", "b", "1", payload, "REPLACE", "ABSTTL"}) == ok);
    CHECK(db.run("EXISTS b") == integer(0));
    CHECK(db.effects() == "DEL b");
}

TEST_CASE("RESTORE refuses damaged payloads and options out of range", "[commands]") {
    Database db;
    CHECK(db.run("RESTORE a 0 damaged") == error("ERR DUMP payload version or checksum are wrong"));
    CHECK(db.run("RESTORE a -1 x") == error("ERR Invalid TTL value, must be >= 0"));
    CHECK(db.run("RESTORE a 0 x IDLETIME -1") == error("ERR Invalid IDLETIME value, must be >= 0"));
    CHECK(db.run("RESTORE a 0 x FREQ 256") ==
          error("ERR Invalid FREQ value, must be >= 0 and <= 255"));
    CHECK(db.run("RESTORE a 0 x FREQ 1 IDLETIME 1") == syntax_error_reply);
}
