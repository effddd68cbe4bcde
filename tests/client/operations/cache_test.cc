#include <atomic>
#include <catch2/catch.hpp>
#include <grapevine/cluster.h>
#include <grapevine/future.h>
#include <grapevine/pipeline.h>
#include <grapevine/task.h>
#include <grapevine/transaction.h>
#include <mutex>

#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t plenty = 16u << 20;

// Tracks, has one value for all keys, and says what `also` holds after the next answer to GET.
struct Server {
    std::atomic<int> value{1};
    std::atomic<int> gets{0};
    std::atomic<bool> tracks{true};
    std::atomic<int> invalidate{0};  // So many answers are followed by the news that they are old.
    ScriptedServer scripted{[this](const auto& words) { return answer(words); }};

    std::string answer(const ScriptedServer::Words& words) {
        if (words[0] == "CLIENT")
            return tracks ? "+OK\r\n" : "-ERR unknown subcommand 'TRACKING'\r\n";
        if (words[0] == "EXISTS") return ":1\r\n";
        if (words[0] == "GET") {
            ++gets;
            const std::string digits = std::to_string(value);
            std::string bytes = "$" + std::to_string(digits.size()) + "\r\n" + digits + "\r\n";
            if (invalidate > 0) {
                --invalidate;
                bytes += ">2\r\n$10\r\ninvalidate\r\n*1\r\n$" + std::to_string(words[1].size()) +
                         "\r\n" + words[1] + "\r\n";
            }
            return bytes;
        }
        if (words[0] == "MULTI") return "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n";
        if (words[0] == "EXEC" || words[0] == "HELLO" || words[0] == "CLUSTER") return "";
        return "+OK\r\n";
    }
    Cluster client(Options options = {}) {
        if (options.cache_bytes == 0) options.cache_bytes = plenty;
        return std::move(Cluster::connect(scripted.address(), std::move(options)).value());
    }
};

std::string get(Cluster& cluster, std::string_view key = "k") {
    return cluster.get(key).wait().value().value();
}

TEST_CASE("what is known is told without asking, in each of the four ways", "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    CHECK(get(cluster) == "1");
    server.value = 2;

    CHECK(get(cluster) == "1");
    CHECK(cluster.get<int>("k").future().get().value() == 1);
    std::thread::id where;
    std::string seen;
    cluster.get<std::string_view>("k").then([&](const auto& result) {
        where = std::this_thread::get_id();
        seen = **result;
    });
    CHECK(seen == "1");
    CHECK(where == std::this_thread::get_id());
    CHECK(run([](Cluster& from) -> Task<std::string> {
              auto [one, other] = co_await all(from.get("k"), from.get("k"));
              const auto third = co_await from.get("k");
              co_return **one + **other + **third;
          }(cluster)) == "111");
    CHECK(server.gets == 1);
    const CacheFigures figures = cluster.figures().cache;
    CHECK(figures.hits == 6);
    CHECK(figures.misses == 1);
    CHECK(figures.keys == 1);
    CHECK(figures.bytes > 0);
}

TEST_CASE("what the server says has changed is asked for again", "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    server.invalidate = 1;
    get(cluster);
    while (cluster.figures().cache.invalidations == 0) std::this_thread::yield();
    server.value = 2;

    CHECK(get(cluster) == "2");
}

TEST_CASE("a server that does not track is asked every time, and the log says so",
          "[client][cache]") {
    Server server;
    server.tracks = false;
    std::mutex mutex;
    std::string log;
    Options options;
    options.log = [&](std::string_view line) {
        const std::lock_guard lock(mutex);
        log += line;
    };
    Cluster cluster = server.client(options);
    get(cluster);
    server.value = 2;

    CHECK(get(cluster) == "2");
    const std::lock_guard lock(mutex);
    INFO(log);
    CHECK(log.find("no cache of what this node answers") != std::string::npos);
    CHECK(log.find("unknown subcommand") != std::string::npos);
}

TEST_CASE("a call that wants a fresh answer, and reads of replicas, are not from the cache",
          "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    get(cluster);
    server.value = 2;

    CHECK(cluster.get("k").fresh().wait().value() == "2");
    CHECK(cluster.get("k").from(ReadFrom::any).wait().value() == "2");
    Cluster reading = server.client({.reads = ReadFrom::nearest});
    get(reading);
    server.value = 3;
    CHECK(get(reading) == "3");
    CHECK(reading.get("k").from(ReadFrom::primary).wait().value() == "3");
    server.value = 4;
    CHECK(reading.get("k").from(ReadFrom::primary).wait().value() == "3");
}

TEST_CASE("from the beginning of an own write to its end nothing is told from the cache",
          "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    get(cluster);
    server.value = 2;
    server.scripted.hold();
    cluster.set("k", "2").then([](const auto&) {});

    auto during = cluster.get("k").future();
    server.scripted.release();

    CHECK(during.get().value() == "2");
    server.value = 3;
    CHECK(get(cluster) == "3");  // Asked for during the write: not kept.
    server.value = 4;
    CHECK(get(cluster) == "3");
}

TEST_CASE("writes in pipelines, transactions and of many keys end what is known",
          "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    const auto changed_by = [&](auto write) {
        get(cluster);
        const int before = server.gets;
        write();
        get(cluster);
        return server.gets == before + 1;
    };

    CHECK_FALSE(changed_by([] {}));
    CHECK(changed_by([&] {
        Pipeline pipeline(cluster);
        pipeline.set("k", "2");
        REQUIRE(pipeline.run().wait());
    }));
    CHECK(changed_by([&] { (void)cluster.mset("other", "1", "k", "2").wait(); }));
    CHECK(changed_by([&] { (void)cluster.command<Value>("SET", "k", "2").wait(); }));
    CHECK(changed_by([&] { (void)cluster.command<Value>("FLUSHALL").wait(); }));
    CHECK(changed_by([&] {
        Transaction transaction(cluster);
        Request set("SET", 2);
        set.key("k");
        set.add("2");
        transaction.call(std::move(set));
        (void)std::move(transaction).run().within(100ms).wait();
    }));
}

TEST_CASE("a callback that is called at once may start the next call without end",
          "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    get(cluster);
    std::atomic<int> left{20'000};
    struct Chain {
        Cluster& cluster;
        std::atomic<int>& left;
        void next() {
            if (left.fetch_sub(1) <= 0) return left.notify_all();
            cluster.get("k").then([this](const auto&) { next(); });
        }
    } chain{cluster, left};

    chain.next();

    for (int now = left; now > 0; now = left) std::this_thread::yield();
    CHECK(cluster.figures().cache.hits > 10'000);
}

TEST_CASE("a coroutine may be told without end", "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    get(cluster);

    const int sum = run([](Cluster& from) -> Task<int> {
        int found = 0;
        for (int i = 0; i < 100'000; ++i) found += (co_await from.get<int>("k")).value().value();
        for (int i = 0; i < 100'000; ++i) {
            auto [one] = co_await all(from.get<int>("k"));
            found += one.value().value();
        }
        co_return found;
    }(cluster));

    CHECK(sum == 200'000);
    CHECK(server.gets == 1);
}

TEST_CASE("the news of a node that is silent are not relied on", "[client][cache]") {
    Server server;
    Cluster cluster = server.client({.silence = 100ms});
    get(cluster);

    server.scripted.hold();
    while (cluster.get("k").within(20ms).wait()) {}
    server.value = 2;
    server.scripted.release();

    CHECK(get(cluster) == "2");
}

TEST_CASE("what was learned on a connection ends with it", "[client][cache]") {
    auto server = std::make_unique<Server>();
    Cluster cluster = server->client({.patience = 200ms});
    get(cluster);

    server.reset();
    const Instant deadline = std::chrono::steady_clock::now() + 10s;
    while (cluster.get("k").wait() && std::chrono::steady_clock::now() < deadline) {}

    CHECK_FALSE(cluster.get("k").wait());
}

TEST_CASE("many threads share what is known", "[client][cache]") {
    Server server;
    Cluster cluster = server.client();
    std::atomic<bool> wrong{false};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                for (int j = 0; j < 500; ++j) {
                    const std::string key = "k" + std::to_string(j % 50);
                    if (get(cluster, key) != "1") wrong = true;
                    if (j % 100 == 99 && i == 0) (void)cluster.set(key, "1").wait();
                }
            });
    }
    CHECK_FALSE(wrong);
    CHECK(cluster.figures().cache.hits > 1000);
}

}  // namespace
}  // namespace grapevine::client
