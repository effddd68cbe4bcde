// batches HOST:PORT[,...]: commands over many slots and pipelines against a cluster of primaries;
// says what did not come out as it should.
#include <chrono>
#include <cstdio>
#include <grapevine/future.h>
#include <grapevine/pipeline.h>
#include <grapevine/task.h>
#include <string>
#include <vector>

using namespace grapevine::client;

namespace {

int failures = 0;

void expect(bool holds, const std::string& what) {
    if (holds) return;
    ++failures;
    std::printf("FAILED: %s\n", what.c_str());
}

template <typename Expected>
void expect_count(const Result<std::int64_t>& result, Expected expected, const char* what) {
    expect(result && *result == expected,
           what + std::string(result ? " gave " + std::to_string(*result)
                                     : " failed: " + to_string(result.error())));
}

constexpr int many = 500;

std::vector<std::string> names() {
    std::vector<std::string> names;
    for (int i = 0; i < many; ++i) names.push_back("key:" + std::to_string(i));
    return names;
}

void expect_all(PerKey<int> found, const char* how) {
    expect(found.size() == many && found.failed().empty(), how + std::string(": some failed"));
    for (int i = 0; i < many; ++i) {
        const auto& result = found[static_cast<std::size_t>(i)];
        if (!result || *result != std::optional(i))
            return expect(false, how + std::string(": order, at ") + std::to_string(i));
    }
}

Task<void> awaited(Cluster& db, const std::vector<std::string>& keys) {
    expect_all(co_await db.mget<int>(keys), "mget awaited");
    expect_count(co_await db.exists(keys, "nothing"), many, "exists awaited");
}

void over_slots(Cluster& db) {
    const auto keys = names();
    std::vector<std::pair<std::string, int>> pairs;
    for (int i = 0; i < many; ++i) pairs.emplace_back(keys[static_cast<std::size_t>(i)], i);
    expect_count(db.mset(pairs).wait(), many, "mset");
    expect_all(db.mget<int>(keys).wait(), "mget waited for");
    expect_all(db.mget<int>(keys).future().get(), "mget as a future");
    std::promise<PerKey<int>> promise;
    db.mget<int>(keys).then([&](PerKey<int> found) { promise.set_value(std::move(found)); });
    expect_all(promise.get_future().get(), "mget with a callback");
    run(awaited(db, keys));
    expect_count(db.touch("key:1", "key:1", "key:2").wait(), 3, "touch of one key twice");
    expect_count(db.unlink(keys[0], keys[1]).wait(), 2, "unlink");
    const auto gaps = db.mget(keys[0], keys[2], keys[0]).wait();
    expect(gaps.results[0] && !*gaps.results[0] && gaps.results[1] && *gaps.results[1] == "2",
           "mget with gaps");
    expect_count(db.del(keys).wait(), many - 2, "del");
    expect_count(db.del(std::vector<std::string>{}).wait(), 0, "del of nothing");
    const auto odd = db.mset("a", 1, "b").wait();
    expect(!odd && odd.error().code() == "USAGE", "mset of a key without a value");
}

void from_a_callback(Cluster& db) {
    std::promise<std::int64_t> promise;
    std::promise<std::string> refused;
    db.mset("one", 1, "two", 2, "three", 3).then([&](Result<std::int64_t>) {
        const auto now = db.mget("one").wait();
        refused.set_value(std::string(now.results[0].error().code()));
        db.del("one", "two", "three").then([&](Result<std::int64_t> removed) {
            promise.set_value(removed ? *removed : -1);
        });
    });
    expect(promise.get_future().get() == 3, "split commands started in a callback");
    expect(refused.get_future().get() == "USAGE", "wait() in a callback");
}

void pipelines(Cluster& db) {
    Pipeline pipeline(db);
    for (int round = 0; round < 3; ++round) {
        pipeline.clear();
        const auto keys = names();
        std::vector<Pipeline::Handle<std::optional<int>>> values;
        for (int i = 0; i < many; ++i) pipeline.set(keys[static_cast<std::size_t>(i)], i);
        for (const auto& key : keys) values.push_back(pipeline.get<int>(key));
        const auto wrong = pipeline.command("NOSUCH");
        const auto counted = pipeline.incr(keys[9]);
        expect(pipeline.run().wait().has_value(), "pipeline");
        for (int i = 0; i < many; ++i) {
            const auto& value = *values[static_cast<std::size_t>(i)];
            expect(value && *value == std::optional(i), "pipeline: get " + std::to_string(i));
        }
        expect(!*wrong && wrong->error().code() == "USAGE", "pipeline: an unknown command");
        expect(*counted && **counted == 10, "pipeline: incr");
    }
}

// Batches of 100 over all slots: thousands of commands for each second of processor time.
void measure(Cluster& db, int batches) {
    std::vector<std::string> keys;
    for (int i = 0; i < 10000; ++i) keys.push_back("measured:" + std::to_string(i));
    const std::string value(100, 'v');
    Pipeline pipeline(db);
    for (const bool sets : {true, false}) {
        const std::clock_t begun = std::clock();
        for (int batch = 0; batch < batches; ++batch) {
            pipeline.clear();
            for (int i = 0; i < 100; ++i) {
                const auto& key = keys[static_cast<std::size_t>((batch * 100 + i) % 10000)];
                sets ? (void)pipeline.set(key, value) : (void)pipeline.get(key);
            }
            (void)pipeline.run().wait();
        }
        const double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
        std::printf("%s: %.0f k/CPU-s\n", sets ? "SET" : "GET", batches / 10.0 / seconds);
    }
}

}  // namespace

int main(int count, char** arguments) {
    auto db = Cluster::connect(arguments[1]);
    if (!db) {
        std::printf("%s\n", to_string(db.error()).c_str());
        return 1;
    }
    if (count > 2) {
        measure(*db, std::stoi(arguments[2]));
        return 0;
    }
    over_slots(*db);
    from_a_callback(*db);
    pipelines(*db);
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
