#include "node/store/keyspace.h"

#include <map>
#include <random>
#include <set>

#include "slots/slot.h"

namespace grapevine::node::store {
namespace {

std::string text_of(Keyspace& keyspace, std::string_view key) {
    const auto value = keyspace.string(make_key(key));
    REQUIRE(value);
    return value->has_value() ? std::string(**value) : "(missing)";
}

struct Recorder : Listener {
    std::vector<std::string> keys;
    void expired(int database, std::string_view key) override {
        keys.push_back(std::to_string(database) + ":" + std::string(key));
    }
};

}  // namespace

TEST_CASE("a key holds what was set last", "[store]") {
    Keyspace keyspace;

    keyspace.set(make_key("name"), "first");
    keyspace.set(make_key("name"),
                 "a second value that is much longer than the first one was, so it moves");

    CHECK(text_of(keyspace, "name") ==
          "a second value that is much longer than the first one was, so it moves");
    CHECK(keyspace.size() == 1);
    CHECK(text_of(keyspace, "other") == "(missing)");
}

TEST_CASE("an erased key is missing and gives its bytes back", "[store]") {
    Keyspace keyspace;
    keyspace.set(make_key("name"), "value");
    CHECK(keyspace.bytes() > 0);

    CHECK(keyspace.erase(make_key("name")));

    CHECK_FALSE(keyspace.erase(make_key("name")));
    CHECK_FALSE(keyspace.exists(make_key("name")));
    CHECK(keyspace.bytes() == 0);
}

TEST_CASE("an expired key is missing at once, deleted, and the listener hears of it", "[store]") {
    Recorder recorder;
    Keyspace keyspace(3);
    keyspace.set_listener(&recorder);
    keyspace.set_now(1000);
    keyspace.set(make_key("name"), "value", Expiry::at_ms(1500));

    keyspace.set_now(1499);
    CHECK(keyspace.exists(make_key("name")));
    keyspace.set_now(1500);

    CHECK_FALSE(keyspace.exists(make_key("name")));
    CHECK(keyspace.size() == 0);
    CHECK(recorder.keys == std::vector<std::string>{"3:name"});
}

TEST_CASE("on a replica an expired key is missing but stays", "[store]") {
    Keyspace keyspace;
    keyspace.set_keeps_expired(true);
    keyspace.set(make_key("name"), "value", Expiry::at_ms(1500));
    keyspace.set_now(2000);

    CHECK_FALSE(keyspace.exists(make_key("name")));
    CHECK(keyspace.expire_some(100) == 0);
    CHECK(keyspace.size() == 1);
    keyspace.set(make_key("name"), "again");
    CHECK(text_of(keyspace, "name") == "again");
    CHECK(keyspace.size() == 1);
}

TEST_CASE("an expiry comes, changes and goes without touching the value", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("name");
    keyspace.set(key, "a value of some length");

    CHECK(keyspace.expire(key, 5000));
    CHECK(keyspace.expires_at(key) == 5000);
    CHECK(keyspace.expiring() == 1);
    keyspace.set(key, "kept", Expiry::keep());
    CHECK(keyspace.expires_at(key) == 5000);
    CHECK(keyspace.persist(key));
    CHECK_FALSE(keyspace.persist(key));
    CHECK(text_of(keyspace, "name") == "kept");
    CHECK_FALSE(keyspace.expires_at(key));
    CHECK(keyspace.expiring() == 0);
    CHECK_FALSE(keyspace.expire(make_key("other"), 1));
}

TEST_CASE("setting a key without saying so drops its expiry", "[store]") {
    Keyspace keyspace;
    keyspace.set(make_key("name"), "value", Expiry::at_ms(5000));

    keyspace.set(make_key("name"), "value");

    CHECK_FALSE(keyspace.expires_at(make_key("name")));
}

TEST_CASE("numbers are read only where the text is exactly a number", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("n");
    CHECK(*keyspace.integer(key) == 0);
    keyspace.set_integer(key, INT64_MIN);
    CHECK(*keyspace.integer(key) == INT64_MIN);

    for (const char* text : {"", " 1", "1 ", "+1", "01", "-0", "-", "1.0", "9223372036854775808"}) {
        keyspace.set(key, text);
        const auto number = keyspace.integer(key);
        REQUIRE_FALSE(number);
        CHECK(number.error().text == "ERR value is not an integer or out of range");
    }
}

TEST_CASE("a resized string keeps what it had, new bytes are zero", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("name");
    keyspace.set(key, "abc", Expiry::at_ms(9));

    auto bytes = keyspace.resize(key, 600);
    REQUIRE(bytes);
    CHECK(std::string(bytes->data(), bytes->size()) == "abc" + std::string(597, '\0'));
    REQUIRE(keyspace.resize(key, 2));
    REQUIRE(keyspace.resize(key, 4));
    CHECK(text_of(keyspace, "name") == std::string("ab\0\0", 4));
    CHECK(keyspace.expires_at(key) == 9);
}

TEST_CASE("appending again and again moves a string only a few times", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("log");
    std::set<const char*> addresses;

    for (std::size_t size = 1; size <= 100'000; ++size)
        addresses.insert(keyspace.resize(key, size)->data());

    CHECK(addresses.size() < 60);
}

TEST_CASE("rename moves value and expiry, also to another slot", "[store]") {
    Keyspace keyspace;
    keyspace.set(make_key("a"), "value", Expiry::at_ms(7));
    keyspace.set(make_key("b"), "lost");

    CHECK(keyspace.rename(make_key("a"), make_key("b")));
    CHECK_FALSE(keyspace.rename(make_key("a"), make_key("b")));
    CHECK(keyspace.rename(make_key("b"), make_key("b")));

    CHECK(text_of(keyspace, "b") == "value");
    CHECK(keyspace.expires_at(make_key("b")) == 7);
    CHECK(keyspace.size() == 1);
}

TEST_CASE("copy leaves the source, also to another database", "[store]") {
    Keyspace source;
    Keyspace target(1);
    source.set(make_key("a"), "value", Expiry::at_ms(7));

    CHECK(source.copy(make_key("a"), target, make_key("b")));
    CHECK_FALSE(source.copy(make_key("none"), target, make_key("b")));

    CHECK(text_of(source, "a") == "value");
    CHECK(text_of(target, "b") == "value");
    CHECK(target.expires_at(make_key("b")) == 7);
}

TEST_CASE("keys longer than 64 KB are kept whole", "[store]") {
    Keyspace keyspace;
    const std::string key(70'000, 'k');

    keyspace.set(make_key(key), "value", Expiry::at_ms(5));
    keyspace.persist(make_key(key));

    CHECK(text_of(keyspace, key) == "value");
    CHECK(keyspace.erase(make_key(key)));
}

TEST_CASE("a watch sees changes, deletions and expiry, and nothing else", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("name");
    keyspace.set(key, "value", Expiry::at_ms(100));
    auto version = keyspace.watch(key);
    keyspace.exists(key);
    keyspace.set(make_key("other"), "value");
    CHECK_FALSE(keyspace.changed_since(key, version));

    SECTION("a write") {
        keyspace.set(key, "value");
    }
    SECTION("a deletion") {
        keyspace.erase(key);
    }
    SECTION("an expiry") {
        keyspace.set_now(100);
    }
    SECTION("a cleared database") {
        keyspace.clear();
    }

    CHECK(keyspace.changed_since(key, version));
    keyspace.unwatch(key);
}

TEST_CASE("active expiry finds the few keys that expire among many that do not", "[store]") {
    Keyspace keyspace;
    for (int i = 0; i < 20'000; ++i) keyspace.set(make_key("k" + std::to_string(i)), "v");
    for (int i = 0; i < 50; ++i)
        keyspace.set(make_key("e" + std::to_string(i)), "v", Expiry::at_ms(10));
    for (int i = 0; i < 50; ++i)
        keyspace.set(make_key("l" + std::to_string(i)), "v", Expiry::at_ms(99));
    keyspace.set_now(50);

    std::size_t deleted = 0;
    for (int turn = 0; turn < 20; ++turn) deleted += keyspace.expire_some(20);

    CHECK(deleted == 50);
    CHECK(keyspace.expiring() == 50);
    CHECK(keyspace.size() == 20'050);
}

TEST_CASE("slots count their keys, bytes, reads and writes", "[store]") {
    Keyspace keyspace;
    const Key key = make_key("name");

    keyspace.set(key, "value");
    REQUIRE(keyspace.string(key));
    keyspace.charge(key.slot, 5);

    const SlotCounters& counters = keyspace.counters(key.slot);
    CHECK(counters.keys == 1);
    CHECK(counters.writes == 1);
    CHECK(counters.reads == 1);
    CHECK(counters.cpu_us == 5);
    CHECK(counters.bytes == keyspace.bytes());
}

TEST_CASE("a random key is any key", "[store]") {
    Keyspace keyspace;
    CHECK_FALSE(keyspace.random_key(1));
    for (const char* key : {"{t}a", "{t}b", "{t}c", "d", "e"}) keyspace.set(make_key(key), "v");
    std::mt19937_64 random(1);

    std::set<std::string> seen;
    for (int i = 0; i < 500; ++i) seen.emplace(*keyspace.random_key(random()));

    CHECK(seen.size() == 5);
}

TEST_CASE("a cleared slot is empty and leaves the others", "[store]") {
    Keyspace keyspace;
    keyspace.set(make_key("{a}1"), "v", Expiry::at_ms(5));
    keyspace.set(make_key("{a}2"), "v");
    keyspace.set(make_key("{b}1"), "v");

    keyspace.clear(slots::slot_of("{a}"));

    CHECK(keyspace.size() == 1);
    CHECK(keyspace.expiring() == 0);
    CHECK(keyspace.exists(make_key("{b}1")));
    keyspace.clear();
    CHECK(keyspace.size() == 0);
    CHECK(keyspace.bytes() == 0);
}

}  // namespace grapevine::node::store
