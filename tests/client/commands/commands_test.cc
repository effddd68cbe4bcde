// What the typed commands send and ask for.
#include <catch2/catch.hpp>
#include <grapevine/commands.h>
#include <map>

#include "slots/slot.h"

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

template <typename T>
struct Recorded {
    using type = T;
    std::string words;  // As it is sent, with blanks between.
    Facts facts;
};

std::string words_of(std::string_view bytes) {
    std::string words;
    const Reply reply(bytes);
    for (const Reply word : reply.elements()) {
        if (!words.empty()) words += ' ';
        words += word.text();
    }
    CHECK(Reply::extent(bytes) == bytes.size());
    return words;
}

struct Recorder : Commands<Recorder> {
    template <typename T>
    Recorded<T> call(Request&& request) {
        return {words_of(request.bytes()), request.facts()};
    }
};

template <typename T, typename Recorded>
constexpr bool asks_for = std::is_same_v<typename Recorded::type, T>;

}  // namespace

struct Cart {
    std::string user;
    long items = 0;
    double total = 0;
    std::optional<std::string> note;
};
GRAPEVINE_HASH(Cart, user, items, total, note)

TEST_CASE("a command is sent as it is described") {
    Recorder db;
    CHECK(db.get("a").words == "GET a");
    CHECK(db.set("a", 1).words == "SET a 1");
    CHECK(db.set("a", "v", ex(24h), if_absent).words == "SET a v EX 86400 NX");
    CHECK(db.set("a", "v", px(5ms), keep_ttl).words == "SET a v PX 5 KEEPTTL");
    CHECK(db.getex("a", persist).words == "GETEX a PERSIST");
    CHECK(db.setrange("a", 3, "xyz").words == "SETRANGE a 3 xyz");
    CHECK(db.incrbyfloat("a", 1.5).words == "INCRBYFLOAT a 1.5");
    CHECK(db.object_encoding("a").words == "OBJECT ENCODING a");
    CHECK(db.zrange_with_scores("z", 0, -1).words == "ZRANGE z 0 -1 WITHSCORES");
    CHECK(db.zrangebyscore("z", "-inf", "(5", limit(2, 10)).words ==
          "ZRANGE z -inf (5 BYSCORE LIMIT 2 10");
    CHECK(db.zadd_if("z", 2.5, "m", if_greater, count_changed).words == "ZADD z GT CH 2.5 m");
    CHECK(db.xadd("s", "*", "f", "v").words == "XADD s * f v");
    CHECK(db.xread_wait(10, 500, "s", "$").words == "XREAD COUNT 10 BLOCK 500 STREAMS s $");
    CHECK(db.blpop(0.5, "{t}a", "{t}b").words == "BLPOP {t}a {t}b 0.5");
    CHECK(db.zunionstore("{t}to", "{t}a", "{t}b").words == "ZUNIONSTORE {t}to 2 {t}a {t}b");
}

TEST_CASE("several arguments come one by one, in pairs or in ranges") {
    Recorder db;
    const std::vector<std::string> more{"{t}b", "{t}c"};
    const std::map<std::string, int> pairs{{"{t}x", 1}, {"{t}y", 2}};
    CHECK(db.del("{t}a", more).words == "DEL {t}a {t}b {t}c");
    CHECK(db.mset("{t}a", 0, pairs).words == "MSET {t}a 0 {t}x 1 {t}y 2");
    CHECK_FALSE(db.mset("{t}a", "elsewhere", "{t}b", "there").facts.crosses_slots);
    CHECK(db.mset("a", 1, "b", 2).facts.crosses_slots);
    CHECK(db.sadd("s", "one", 2, std::vector<int>{3, 4}).words == "SADD s one 2 3 4");
    CHECK(db.zadd("z", std::pair{1.5, "m"}, std::pair{2, "n"}).words == "ZADD z 1.5 m 2 n");
    CHECK(db.hset("h", Cart{"ann", 3, 9.5, {}}).words == "HSET h user ann items 3 total 9.5");
}

TEST_CASE("a command knows where it belongs and what it is like") {
    Recorder db;
    CHECK(db.get("a").facts.slot == grapevine::slots::slot_of("a").number);
    CHECK(db.ping().facts.slot == any_slot);
    CHECK(db.get("a").facts.reads());
    CHECK(db.set("a", 1, ex(1s)).facts.repeatable());
    CHECK_FALSE(db.set("a", 1, if_absent).facts.repeatable());
    CHECK_FALSE(db.set_and_get("a", 1).facts.repeatable());
    CHECK_FALSE(db.incr("a").facts.repeatable());
    CHECK_FALSE(has(db.xread(1, "s", "0").facts.traits, Trait::blocks));
    CHECK(has(db.xread_wait(1, 0, "s", "0").facts.traits, Trait::blocks));
    CHECK(db.command("xgroup", "destroy", "a", "g").facts.slot == db.get("a").facts.slot);
    CHECK(db.command("NOSUCH", "a").facts.unknown);
    CHECK(db.command_on("a", "NOSUCH", "b").facts.slot == db.get("a").facts.slot);
    CHECK_FALSE(db.command_on("a", "NOSUCH", "b").facts.unknown);
}

TEST_CASE("a command asks for the type that it is described with") {
    Recorder db;
    STATIC_REQUIRE(asks_for<std::optional<std::string>, decltype(db.get("a"))>);
    STATIC_REQUIRE(asks_for<std::optional<double>, decltype(db.get<double>("a"))>);
    STATIC_REQUIRE(asks_for<void, decltype(db.set("a", 1))>);
    STATIC_REQUIRE(asks_for<bool, decltype(db.set("a", 1, if_absent))>);
    STATIC_REQUIRE(asks_for<std::vector<std::optional<int>>, decltype(db.mget<int>("a"))>);
    STATIC_REQUIRE(asks_for<Cart, decltype(db.hgetall<Cart>("a"))>);
    STATIC_REQUIRE(asks_for<std::vector<bool>, decltype(db.smismember("a", "b"))>);
    STATIC_REQUIRE(asks_for<Value, decltype(db.command("GET", "a"))>);
}

TEST_CASE("a hash is read into a struct") {
    const auto read_cart = [](std::string_view reply) {
        return read_as<std::optional<Cart>>(Reply(reply));
    };
    const auto whole =
        read_cart("%4\r\n+items\r\n+3\r\n+other\r\n+x\r\n+user\r\n+ann\r\n+total\r\n+9.5\r\n");
    REQUIRE(whole);
    CHECK((*whole)->user == "ann");
    CHECK((*whole)->items == 3);
    CHECK((*whole)->total == 9.5);
    CHECK_FALSE((*whole)->note);
    CHECK_FALSE(*read_cart("%0\r\n"));
    CHECK(read_cart("%1\r\n+user\r\n+ann\r\n").error().code() == "TYPE");
    CHECK(read_cart("*4\r\n+user\r\n+ann\r\n+items\r\n+many\r\n").error().code() == "TYPE");
}

TEST_CASE("whole numbers are read only where they fit") {
    CHECK(*read_as<int>(Reply(":7\r\n")) == 7);
    CHECK(*read_as<std::uint8_t>(Reply("$3\r\n255\r\n")) == 255);
    CHECK_FALSE(read_as<std::uint8_t>(Reply(":256\r\n")));
    CHECK_FALSE(read_as<unsigned>(Reply(":-1\r\n")));
}
