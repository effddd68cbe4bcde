#include "node/store/snapshot.h"

#include <map>
#include <random>

#include "node/store/databases.h"
#include "node/store/dump.h"

namespace grapevine::node::store {
namespace {

using Contents =
    std::map<std::pair<int, std::string>, std::pair<std::string, std::optional<Millis>>>;

// Reads back what a snapshot writes; a key that comes twice is a failure.
struct Reader : Sink {
    Contents contents;
    std::string left;
    std::size_t largest = 0;

    void write(int database, slots::Slot slot, std::string_view bytes) override {
        largest = std::max(largest, bytes.size());
        left += bytes;
        std::string_view rest = left;
        while (!rest.empty()) {
            auto record = read_record(rest);
            REQUIRE(record);
            if (!record->has_value()) break;
            REQUIRE(slots::slot_of((*record)->key) == slot);
            const auto [at, is_new] =
                contents.emplace(std::pair(database, (*record)->key),
                                 std::pair((*record)->value, (*record)->expires_at));
            REQUIRE(is_new);
        }
        left = std::string(rest);
    }
};

std::string name(std::uint64_t number) {
    return (number % 2 == 0 ? "{one slot}" : "key") + std::to_string(number);
}

// A worker's databases and what they should contain.
struct Modelled {
    Databases databases{3};
    Contents contents;
    std::mt19937_64 random;

    void set(int number, const std::string& key, std::string value, std::optional<Millis> expiry) {
        databases[number].set(make_key(key), value, expiry ? Expiry::at_ms(*expiry) : Expiry{});
        contents[{number, key}] = {std::move(value), expiry};
    }
    void erase(int number, const std::string& key) {
        databases[number].erase(make_key(key));
        contents.erase({number, key});
    }
    void clear(int number) {
        databases[number].clear();
        std::erase_if(contents, [&](const auto& item) { return item.first.first == number; });
    }
    void swap() {
        databases.swap(0, 1);
        Contents swapped;
        for (const auto& [place, value] : contents) {
            swapped[{place.first < 2 ? 1 - place.first : 2, place.second}] = value;
        }
        contents = std::move(swapped);
    }
    void change_something(std::uint64_t keys) {
        const int number = static_cast<int>(random() % 3);
        const std::string key = name(random() % keys);
        switch (random() % 8) {
            case 0:
            case 1:
            case 2:
                set(number, key, std::to_string(random()), {});
                break;
            case 3:
                set(number, key, std::string(random() % 300, 'x'), 1 + random() % 1000);
                break;
            case 4:
                erase(number, key);
                break;
            case 5:
                if (databases[number].expire(make_key(key), 7)) contents[{number, key}].second = 7;
                break;
            case 6:
                if (databases[number].rename(make_key(key), make_key(key + "'"))) {
                    contents[{number, key + "'"}] = contents[{number, key}];
                    contents.erase({number, key});
                }
                break;
            default:
                if (random() % 2000 == 0) clear(number);
                if (random() % 2000 == 0) swap();
        }
    }
};

}  // namespace

TEST_CASE("a snapshot is what was there when it began, whatever is written meanwhile", "[store]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    Modelled model;
    model.random.seed(seed);
    const std::uint64_t keys = GENERATE(50, 3'000, 20'000);
    for (std::uint64_t i = 0; i < keys * 4; ++i) model.change_something(keys);

    struct Run {
        Contents expected;
        Reader reader;
        std::unique_ptr<Snapshot> snapshot;
    };
    std::vector<std::unique_ptr<Run>> runs;
    for (int begun = 0; begun < 6;) {
        if (model.random() % 50 == 0 || runs.empty()) {
            runs.push_back(std::make_unique<Run>());
            runs.back()->expected = model.contents;
            runs.back()->snapshot =
                std::make_unique<Snapshot>(model.databases, runs.back()->reader);
            ++begun;
        }
        for (int i = 0; i < 30; ++i) model.change_something(keys * 2);
        for (auto& run : runs) run->snapshot->step(model.random() % 4000);
        model.databases.free_some(100);
        if (model.random() % 100 == 0) runs.erase(runs.begin());  // Abandoned.
    }
    while (!std::all_of(runs.begin(), runs.end(),
                        [](auto& run) { return run->snapshot->step(2000); })) {
        for (int i = 0; i < 30; ++i) model.change_something(keys * 2);
    }

    for (auto& run : runs) {
        CHECK(run->reader.left.empty());
        CHECK((run->reader.contents == run->expected));
    }
    runs.clear();
    while (model.databases.free_some(1000)) {}
    CHECK(model.databases.size() == model.contents.size());
    for (int number = 0; number < 3; ++number) model.databases[number].clear();
    while (model.databases.free_some(1000)) {}
    CHECK(model.databases.bytes() == 0);
}

TEST_CASE("a snapshot still has the keys that expire after it began", "[store]") {
    Databases databases;
    Reader reader;
    databases[0].set(make_key("name"), "value", Expiry::at_ms(10));

    Snapshot snapshot(databases, reader);
    databases.set_now(20);
    CHECK(databases.expire_some(100) == 1);
    CHECK(snapshot.step(1 << 20));

    CHECK(reader.contents == Contents{{{0, "name"}, {"value", 10}}});
}

TEST_CASE("a snapshot of some slots has only these", "[store]") {
    Databases databases;
    Reader reader;
    slots::SlotSet slots;
    slots.insert(slots::slot_of("{a}"));
    for (const char* key : {"{a}1", "{a}2", "{b}1"}) databases[0].set(make_key(key), "v");

    Snapshot snapshot(databases, reader, slots);
    databases[0].clear(slots::slot_of("{b}"));
    databases[0].erase(make_key("{a}2"));
    CHECK(snapshot.step(1 << 20));

    CHECK(reader.contents.size() == 2);
    CHECK(reader.contents.contains({0, "{a}2"}));
}

TEST_CASE("a large value comes in bounded pieces", "[store]") {
    Databases databases;
    Reader reader;
    databases[0].set(make_key("small"), "v");
    databases[0].set(make_key("large"), std::string(1'000'000, 'x'));
    databases[0].set(make_key("large and changed"), std::string(1'000'000, 'y'));

    Snapshot snapshot(databases, reader);
    databases[0].erase(make_key("large and changed"));
    while (!snapshot.step(1)) {}

    CHECK(reader.largest <= Sink::largest_piece + 100);
    CHECK(reader.contents.at({0, "large"}).first == std::string(1'000'000, 'x'));
    CHECK(reader.contents.at({0, "large and changed"}).first == std::string(1'000'000, 'y'));
}

TEST_CASE("snapshots stay right when their numbers start anew", "[store]") {
    Databases databases(2, last_version - 1);
    databases[0].set(make_key("old"), "1");
    Reader first;
    Reader second;
    Snapshot before(databases, first);
    databases[0].set(make_key("old"), "2");
    databases[1].set(make_key("between"), "1");

    Snapshot after(databases, second);
    databases[0].set(make_key("old"), "3");
    databases[1].set(make_key("late"), "1");
    CHECK(before.step(1 << 20));
    CHECK(after.step(1 << 20));

    CHECK(first.contents == Contents{{{0, "old"}, {"1", {}}}});
    CHECK(second.contents == Contents{{{0, "old"}, {"2", {}}}, {{1, "between"}, {"1", {}}}});
}

TEST_CASE("clearing many keys frees them in steps", "[store]") {
    Databases databases;
    for (int i = 0; i < 10'000; ++i) databases[0].set(make_key("k" + std::to_string(i)), "v");

    databases[0].clear();

    CHECK(databases.size() == 0);
    CHECK(databases.bytes() > 0);
    int steps = 1;
    while (databases.free_some(500)) ++steps;
    CHECK(steps > 20);
    CHECK(databases.bytes() == 0);
}

TEST_CASE("swapped databases change numbers, and watched keys count as changed", "[store]") {
    Databases databases;
    databases[0].set(make_key("name"), "zero");
    databases[1].set(make_key("name"), "one");
    const auto version = databases[0].watch(make_key("name"));

    databases.swap(0, 1);

    CHECK(**databases[0].string(make_key("name")) == "one");
    CHECK(databases[0].database() == 0);
    CHECK(databases[0].changed_since(make_key("name"), version));
    databases[0].unwatch(make_key("name"));
}

}  // namespace grapevine::node::store
