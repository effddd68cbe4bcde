#include "node/store/table.h"

#include <map>
#include <random>
#include <set>

#include "node/store/keyspace.h"

namespace grapevine::node::store {
namespace {

std::string key_in_one_slot(std::uint64_t number) {
    return "{slot}" + std::to_string(number);
}

// Calls go on until the cursor is 0 again; between the calls `disturb` may change the keyspace.
template <typename Disturb>
std::multiset<std::string> scan_all(Keyspace& keyspace, std::size_t count, Disturb disturb) {
    std::multiset<std::string> seen;
    std::uint64_t cursor = 0;
    do {
        cursor =
            keyspace.scan(cursor, count, [&](std::string_view key, Type) { seen.emplace(key); });
        REQUIRE(cursor < std::uint64_t{1} << 53);
        disturb();
    } while (cursor != 0);
    return seen;
}

}  // namespace

TEST_CASE("a keyspace agrees with a map after any operations", "[store]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const bool one_slot = GENERATE(false, true);
    Keyspace keyspace;
    std::map<std::string, std::string> model;
    std::uint64_t keys = 10;

    for (int step = 0; step < 100'000; ++step) {
        if (step % 10'000 == 0) keys = std::uint64_t{10} << (random() % 12);
        const std::string text =
            one_slot ? key_in_one_slot(random() % keys) : "key" + std::to_string(random() % keys);
        const Key key = make_key(text);
        switch (random() % 4) {
            case 0:
            case 1:
                model[text] = std::string(random() % 100, 'a');
                keyspace.set(key, model[text],
                             random() % 3 == 0 ? Expiry::at_ms(1) : Expiry::keep());
                break;
            case 2:
                REQUIRE(keyspace.erase(key) == (model.erase(text) == 1));
                break;
            default:
                const auto value = keyspace.string(key);
                REQUIRE(value->has_value() == model.contains(text));
                if (value->has_value()) REQUIRE(**value == model[text]);
        }
        // Nothing expires: the clock stands at 0.
    }

    CHECK(keyspace.size() == model.size());
    const auto seen = scan_all(keyspace, 100, [] {});
    CHECK(seen.size() == model.size());
    for (const auto& [key, value] : model) REQUIRE(seen.contains(key));
    for (const auto& [key, value] : model) REQUIRE(keyspace.erase(make_key(key)));
    CHECK(keyspace.bytes() == 0);
    CHECK(keyspace.expiring() == 0);
}

TEST_CASE("a slot of many keys grows, divides, and shrinks to nothing", "[store]") {
    Keyspace keyspace;
    constexpr std::uint64_t keys = 60'000;

    for (std::uint64_t i = 0; i < keys; ++i) keyspace.set(make_key(key_in_one_slot(i)), "v");
    const auto full = keyspace.bytes();
    for (std::uint64_t i = 0; i < keys; ++i) REQUIRE(keyspace.exists(make_key(key_in_one_slot(i))));
    for (std::uint64_t i = 100; i < keys; ++i)
        REQUIRE(keyspace.erase(make_key(key_in_one_slot(i))));

    CHECK(full < keys * 64);
    CHECK(keyspace.bytes() < 100 * 64);
    for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(keyspace.exists(make_key(key_in_one_slot(i))));
}

TEST_CASE("a scan sees every key that stays, while tables grow and shrink", "[store]") {
    const bool one_slot = GENERATE(false, true);
    const bool growing = GENERATE(false, true);
    const auto name = [&](std::uint64_t number) {
        return one_slot ? key_in_one_slot(number) : "k" + std::to_string(number);
    };
    Keyspace keyspace;
    std::uint64_t others = growing ? 1'000 : 40'000;
    for (std::uint64_t i = 0; i < others; ++i) keyspace.set(make_key(name(i)), "v");
    for (int i = 0; i < 500; ++i) keyspace.set(make_key(name(1'000'000 + i)), "stays");

    const auto seen = scan_all(keyspace, 10, [&] {
        for (int i = 0; i < 100; ++i) {
            if (growing && others < 40'000) keyspace.set(make_key(name(others++)), "v");
            if (!growing && others > 0) keyspace.erase(make_key(name(--others)));
        }
    });

    for (int i = 0; i < 500; ++i) CHECK(seen.count(name(1'000'000 + i)) == 1);
}

TEST_CASE("a cursor that nobody handed out ends the scan", "[store]") {
    Keyspace keyspace;
    keyspace.set(make_key("a"), "v");

    CHECK(keyspace.scan(~std::uint64_t{0}, 10, [](std::string_view, Type) {}) == 0);
}

TEST_CASE("keys with equal positions are told apart", "[store]") {
    Keyspace keyspace;
    const slots::Slot slot{7};
    std::vector<std::string> names;
    for (int i = 0; i < 2'000; ++i) names.push_back("name" + std::to_string(i));

    for (const auto& name : names) keyspace.set(Key{name, slot, 0x1234567800000000}, name);
    for (const auto& name : names) {
        const auto value = keyspace.string(Key{name, slot, 0x1234567800000000});
        REQUIRE(value->has_value());
        REQUIRE(**value == name);
    }
    for (const auto& name : names) REQUIRE(keyspace.erase(Key{name, slot, 0x1234567800000000}));

    CHECK(keyspace.bytes() == 0);
}

}  // namespace grapevine::node::store
