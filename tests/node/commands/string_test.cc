#include "tests/node/commands/database.h"

using namespace grapevine::node::commands;

TEST_CASE("SET stores and GET reads any bytes", "[commands]") {
    Database db;
    CHECK(db.run("GET key") == null);
    CHECK(db.run("SET key \"a\\x00b\"") == ok);
    CHECK(db.run("GET key") == bulk(std::string_view("a\0b", 3)));
    CHECK(db.effects() == std::string("SET key a\0b", 11));
}

TEST_CASE("SET's conditions decide whether it stores", "[commands]") {
    Database db;
    CHECK(db.run("SET key 1 XX") == null);
    CHECK(db.effects().empty());
    CHECK(db.run("SET key 1 NX") == ok);
    CHECK(db.run("SET key 2 NX") == null);
    CHECK(db.run("SET key 3 XX GET") == bulk("1"));
    CHECK(db.run("SET key 4 NX GET") == bulk("3"));
    CHECK(db.run("GET key") == bulk("3"));
    CHECK(db.effects() == "SET key 1\nSET key 3");
}

TEST_CASE("a lifetime is journaled as the point in time when it ends", "[commands]") {
    Database db;
    db.run("SET a 1 EX 10");
    db.run("SET b 1 PXAT 1700000000500");
    db.run("SETEX c 1 x");
    db.run("PSETEX d 7 x");
    db.run("SET a 2 KEEPTTL");
    CHECK(db.effects() ==
          "SET a 1 PXAT 1700000010000\nSET b 1 PXAT 1700000000500\nSET c x PXAT 1700000001000\n"
          "SET d x PXAT 1700000000007\nSET a 2 KEEPTTL");
    db.advance(9999);
    CHECK(db.run("GET a") == bulk("2"));
    CHECK(db.run("GET b") == null);
    db.advance(1);
    CHECK(db.run("GET a") == null);
}

TEST_CASE("of a lifetime that is given twice the last one counts", "[commands]") {
    Database db;
    CHECK(db.run("SET a 1 PX soon PX 10 GET") == null);
    CHECK(db.run("PTTL a") == integer(10));
    CHECK(db.run("GETEX a PX 1 PX 20") == bulk("1"));
    CHECK(db.run("PTTL a") == integer(20));
}

TEST_CASE("a value that has expired already deletes what was there", "[commands]") {
    Database db;
    db.run("SET key 1");
    db.effects();
    CHECK(db.run("SET key 2 EXAT 1") == ok);
    CHECK(db.run("GET key") == null);
    CHECK(db.effects() == "DEL key");
}

TEST_CASE("SET refuses options that contradict each other or make no sense", "[commands]") {
    Database db;
    for (const auto* line : {"SET a 1 NX XX", "SET a 1 EX", "SET a 1 EX 1 PX 1",
                             "SET a 1 KEEPTTL EX 1", "SET a 1 SOMETIMES"}) {
        CHECK(db.run(line) == syntax_error_reply);
    }
    CHECK(db.run("SET a 1 EX soon") == not_integer);
    for (const auto* line : {"SET a 1 EX 0", "SET a 1 PX -1", "SET a 1 EX 9223372036854775807",
                             "SET a 1 PX 9223372036854775807"}) {
        CHECK(db.run(line) == error("ERR invalid expire time in 'set' command"));
    }
    CHECK(db.run("SETEX a 0 1") == error("ERR invalid expire time in 'setex' command"));
    CHECK(db.effects().empty());
    CHECK(db.run("EXISTS a") == integer(0));
}

TEST_CASE("GETEX reads and changes the expiry only when asked", "[commands]") {
    Database db;
    db.run("SET key value");
    db.effects();
    CHECK(db.run("GETEX key") == bulk("value"));
    CHECK(db.run("GETEX missing EX 10") == null);
    CHECK(db.run("GETEX key PERSIST") == bulk("value"));
    CHECK(db.effects().empty());

    CHECK(db.run("GETEX key EX 10") == bulk("value"));
    CHECK(db.run("GETEX key PERSIST") == bulk("value"));
    CHECK(db.run("GETEX key EXAT 1") == bulk("value"));
    CHECK(db.effects() == "PEXPIREAT key 1700000010000\nPERSIST key\nDEL key");
    CHECK(db.run("GETEX key EX 1 PERSIST") == syntax_error_reply);
}

TEST_CASE("GETDEL and GETSET answer what was there", "[commands]") {
    Database db;
    CHECK(db.run("GETSET key 1") == null);
    CHECK(db.run("GETSET key 2") == bulk("1"));
    CHECK(db.run("GETDEL key") == bulk("2"));
    CHECK(db.run("GETDEL key") == null);
    CHECK(db.effects() == "SET key 1\nSET key 2\nDEL key");
}

TEST_CASE("MSET stores all pairs, MSETNX all or none", "[commands]") {
    Database db;
    CHECK(db.run("MSET a 1 b 2") == ok);
    CHECK(db.run("MSETNX b 3 c 3") == integer(0));
    CHECK(db.run("MSETNX c 3 d 4") == integer(1));
    CHECK(db.run("MGET a b c d e") ==
          "*5\r\n" + bulk("1") + bulk("2") + bulk("3") + bulk("4") + null);
    CHECK(db.effects() == "MSET a 1 b 2\nMSETNX c 3 d 4");
    CHECK(db.run("MSET a 1 b") == error("ERR wrong number of arguments for 'mset' command"));
}

TEST_CASE("counting stops at the ends of 64 bits", "[commands]") {
    Database db;
    CHECK(db.run("INCR n") == integer(1));
    CHECK(db.run("DECRBY n 3") == integer(-2));
    CHECK(db.run("INCRBY n 9223372036854775807") == integer(9223372036854775805));
    CHECK(db.run("INCRBY n 3") == error("ERR increment or decrement would overflow"));
    CHECK(db.run("DECRBY n -9223372036854775808") == error("ERR decrement would overflow"));
    CHECK(db.run("GET n") == bulk("9223372036854775805"));
    CHECK(db.effects() == "INCR n\nDECRBY n 3\nINCRBY n 9223372036854775807");
    for (const auto* text : {"01", "\" 1\"", "1.0", "+1", "\"\"", "-0"}) {
        db.run(std::string("SET n ") + text);
        CHECK(db.run("INCR n") == not_integer);
    }
}

TEST_CASE("counting keeps the expiry", "[commands]") {
    Database db;
    db.run("SET n 1 PX 1000");
    db.run("INCR n");
    db.run("INCRBYFLOAT n 0.5");
    db.run("APPEND n 0");
    CHECK(db.run("PTTL n") == integer(1000));
}

TEST_CASE("INCRBYFLOAT writes numbers in full and journals the result", "[commands]") {
    Database db;
    CHECK(db.run("INCRBYFLOAT n 10.50") == bulk("10.5"));
    CHECK(db.run("INCRBYFLOAT n 0.1") == bulk("10.6"));
    CHECK(db.run("INCRBYFLOAT n 5.0e3") == bulk("5010.60000000000000009"));
    CHECK(db.run("INCRBYFLOAT tiny -1e-20") == bulk("0"));
    CHECK(db.run("INCRBYFLOAT large 1e30") == bulk("1000000000000000000024696061952"));
    CHECK(db.effects() ==
          "SET n 10.5 KEEPTTL\nSET n 10.6 KEEPTTL\nSET n 5010.60000000000000009 KEEPTTL\n"
          "SET tiny 0 KEEPTTL\nSET large 1000000000000000000024696061952 KEEPTTL");
    for (const auto* text : {"abc", "\"\"", "\" 1\"", "nan", "1e5000"}) {
        CHECK(db.run(std::string("INCRBYFLOAT n ") + text) ==
              error("ERR value is not a valid float"));
    }
    CHECK(db.run("INCRBYFLOAT n inf") == error("ERR increment would produce NaN or Infinity"));
}

TEST_CASE("parts of strings are read and written by index", "[commands]") {
    Database db;
    CHECK(db.run("APPEND key Hello") == integer(5));
    CHECK(db.run("APPEND key \" World\"") == integer(11));
    CHECK(db.run("GETRANGE key 0 4") == bulk("Hello"));
    CHECK(db.run("GETRANGE key -5 -1") == bulk("World"));
    CHECK(db.run("GETRANGE key 8 2") == bulk(""));
    CHECK(db.run("GETRANGE key -1 -5") == bulk(""));
    CHECK(db.run("SUBSTR key 0 -1") == bulk("Hello World"));
    CHECK(db.run("SETRANGE key 6 There") == integer(11));
    CHECK(db.run("SETRANGE key 13 !") == integer(14));
    CHECK(db.run("GET key") == bulk(std::string_view("Hello There\0\0!", 14)));
    CHECK(db.run("STRLEN key") == integer(14));
    CHECK(db.run("STRLEN missing") == integer(0));
}

TEST_CASE("SETRANGE of nothing changes nothing", "[commands]") {
    Database db;
    CHECK(db.run("SETRANGE key 10 \"\"") == integer(0));
    CHECK(db.run("EXISTS key") == integer(0));
    CHECK(db.effects().empty());
    CHECK(db.run("SETRANGE key -1 x") == error("ERR offset is out of range"));
    CHECK(db.run("SETRANGE key 536870911 xx") ==
          error("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
    CHECK(db.run("SETRANGE key 9223372036854775807 x") ==
          error("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
}

TEST_CASE("LCS finds what two strings share, in order", "[commands]") {
    Database db;
    db.run("MSET a ohmytext b mynewtext");
    CHECK(db.run("LCS a b") == bulk("mytext"));
    CHECK(db.run("LCS a b LEN") == integer(6));
    CHECK(db.run("LCS a missing") == bulk(""));
    CHECK(db.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN") ==
          "*4\r\n" + bulk("matches") + "*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n" +
              bulk("len") + integer(6));
    CHECK(db.run("LCS a b IDX LEN") ==
          error("ERR If you want both the length and indexes, please just use IDX."));
}
