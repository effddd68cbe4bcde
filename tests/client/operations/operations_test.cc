#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <grapevine/cluster.h>
#include <malloc.h>
#include <mutex>
#include <unistd.h>

#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;

std::string pong(const ScriptedServer::Words& words) {
    return words[0] == "PING" || words[0] == "SET" ? "+OK\r\n" : "";
}

Request ping() {
    return Request("PING", 0, Trait::reads);
}

Request write_of(std::size_t bytes) {
    Request request("SET", 2);
    request.key("k");
    request.add(std::string(bytes, 'x'));
    return request;
}

Cluster client_of(const ScriptedServer& server, Options options = {}) {
    return std::move(Cluster::connect(server.address(), std::move(options)).value());
}

TEST_CASE("a wrong password is told at once", "[client]") {
    ScriptedServer server([](const auto& words) -> std::string {
        return words[0] == "HELLO" ? "-WRONGPASS invalid username-password pair\r\n" : "";
    });

    const auto cluster = Cluster::connect(server.address(), {.password = "x", .patience = 60s});

    REQUIRE_FALSE(cluster);
    CHECK(cluster.error().code() == "WRONGPASS");
    CHECK(cluster.error().effect == Effect::refused);
}

TEST_CASE("a unix socket will do", "[client]") {
    const std::string path = "/tmp/grapevine-operations-" + std::to_string(getpid());
    ScriptedServer server(pong, path);
    Cluster cluster = client_of(server);

    CHECK(cluster.call<std::string>(ping()).wait().value() == "OK");
    unlink(path.c_str());
}

TEST_CASE("what has no key is not read from a replica", "[client]") {
    std::atomic<int> prepared = 0;
    ScriptedServer server([&](const auto& words) -> std::string {
        prepared += words[0] == "READONLY" ? 1 : 0;
        return words[0] == "READONLY" ? "+OK\r\n" : pong(words);
    });
    const std::string nodes = "127.0.0.1:1," + server.address();  // The first one is not there.
    Cluster cluster = std::move(Cluster::connect(nodes, {.reads = ReadFrom::any}).value());

    CHECK(cluster.call<std::string>(ping()).wait().value() == "OK");
    CHECK(prepared == 0);
}

// A log that a test can look at.
struct Lines {
    std::mutex mutex;
    std::vector<std::string> lines;

    void add(std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.emplace_back(line);
    }
    auto with(std::string_view text) {
        const std::lock_guard lock(mutex);
        return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    }
};

TEST_CASE("a server's outage is told once, and its end", "[client]") {
    const std::string path = "/tmp/grapevine-outage-" + std::to_string(getpid());
    auto server = std::make_unique<ScriptedServer>(pong, path);
    Lines log;
    Cluster cluster = client_of(*server, {.log = [&](auto line) { log.add(line); }});
    CHECK(cluster.call(ping()).wait());

    server.reset();
    unlink(path.c_str());
    CHECK_FALSE(cluster.call(ping()).within(500ms).wait());
    CHECK(log.with("connection ended") == 1);
    CHECK(log.with("no connection") == 1);

    server = std::make_unique<ScriptedServer>(pong, path);
    CHECK(cluster.call(ping()).wait());
    CHECK(log.with("connected again") == 1);
    unlink(path.c_str());
}

TEST_CASE("a server that takes a connection and says nothing is given up", "[client]") {
    ScriptedServer silent([](const auto& words) -> std::string {
        return words[0] == "HELLO" ? "|0\r\n" : "";  // An attribute without what it belongs to.
    });

    const auto told = [&](std::chrono::milliseconds patience) {
        const auto cluster =
            Cluster::connect(silent.address(), {.patience = patience, .connect_timeout = 100ms});
        REQUIRE_FALSE(cluster);
        return cluster.error().text.find("no connection within 100 ms") != std::string::npos;
    };
    auto patience = 400ms;
    while (!told(patience) && patience < 30s) patience *= 2;  // On a slow machine.

    CHECK(patience < 30s);
}

TEST_CASE("a call has a patience of its own", "[client]") {
    ScriptedServer server(pong);
    Cluster cluster = client_of(server, {.patience = 60s});
    server.hold();

    const auto late = cluster.call(ping()).within(50ms).wait();
    const auto write = cluster.call(write_of(1)).within(50ms).wait();
    server.release();

    REQUIRE_FALSE(late);
    CHECK(late.error().code() == "TIMEOUT");
    CHECK(late.error().effect == Effect::unknown);
    CHECK(late.error().elapsed >= 50ms);
    CHECK(late.error().elapsed < 5s);
    CHECK_FALSE(write);
    CHECK(cluster.call(ping()).wait());  // What came late is not taken for this one's answer.
}

std::size_t heap_in_use() {
    return mallinfo2().uordblks;
}

TEST_CASE("whoever starts more than is answered has to wait", "[client]") {
    constexpr std::size_t limit = 4u << 20;
    constexpr unsigned calls = 100'000;
    ScriptedServer server(pong);
    // Longer than a slow machine needs: a server that holds answers back answers about its map out
    // of turn.
    Cluster cluster =
        client_of(server, {.patience = 60s, .silence = 60s, .bytes_in_flight = limit});
    server.hold();
    std::atomic<unsigned> started{0};
    std::atomic<unsigned> ended{0};
    std::atomic<unsigned> failed{0};

    std::thread caller([&] {
        for (unsigned i = 0; i < calls; ++i) {
            cluster.call<std::string>(ping()).then(
                [&](const Result<std::string>& result) { ++(result ? ended : failed); });
            ++started;
        }
    });
    server.wait_for(1000);
    const std::size_t before = heap_in_use();
    for (unsigned last = 0; last != started;) {  // Until it stands.
        last = started;
        const auto until = std::chrono::steady_clock::now() + 100ms;
        while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    }
    const unsigned stood_at = started;
    const std::size_t grown = heap_in_use() - before;
    server.release();
    caller.join();
    while (ended + failed < calls) std::this_thread::yield();

    CHECK(failed == 0);
    CHECK(stood_at < calls / 2);
    CHECK(grown < 4 * limit);
}

// Each answer starts the next two calls until enough have been started.
struct Tree {
    Cluster& cluster;
    unsigned most;
    std::atomic<unsigned> started{0};
    std::atomic<unsigned> ended{0};

    void grow() {
        if (started >= most) return;
        ++started;
        cluster.call<std::string>(write_of(100)).then([this](const Result<std::string>& result) {
            grow();
            grow();
            if (result) ++ended;
        });
    }
};

TEST_CASE("callbacks that start more than there is room for do not block one another", "[client]") {
    ScriptedServer server(pong);
    Cluster cluster = client_of(server, {.patience = 60s, .bytes_in_flight = 8'000});
    Tree tree{cluster, 20'000};

    tree.grow();
    while (tree.ended < tree.most) std::this_thread::yield();

    CHECK(tree.started == tree.ended);
}

TEST_CASE("the map is fetched although everything is full", "[client]") {
    ScriptedServer server(pong);
    Cluster cluster = client_of(server, {.silence = 20ms, .bytes_in_flight = 1'000});
    server.hold();
    const auto fetches = cluster.figures().fetches;

    for (int i = 0; i < 2; ++i)
        cluster.call<std::string>(write_of(900)).then([](const Result<std::string>&) {});
    while (cluster.figures().fetches < fetches + 2) std::this_thread::yield();

    server.release();
    CHECK(cluster.call(ping()).wait());
}

TEST_CASE("closing tells everything that is on its way", "[client]") {
    constexpr unsigned calls = 3000;  // Some sent, most waiting for room.
    ScriptedServer server(pong);
    server.hold();
    unsigned closed = 0;
    unsigned others = 0;
    unsigned started_after = 0;
    {
        auto cluster = std::make_unique<Cluster>(client_of(server, {.bytes_in_flight = 500'000}));
        const auto note = [&](const Result<std::string>& result) {
            ++(!result && result.error().code() == "CLOSED" ? closed : others);
        };
        // Started by a callback, so that nobody waits for room.
        cluster->call<std::string>(Request("PING", 0)).then([&](const Result<std::string>&) {});
        server.wait_for(1);
        server.release();
        server.wait_for(1);
        std::atomic<bool> all{false};
        cluster->call<std::string>(ping()).then([&](const Result<std::string>&) {
            server.hold();
            for (unsigned i = 0; i < calls; ++i) {
                Request request = i % 2 == 0 ? write_of(1000) : ping();
                cluster->call<std::string>(std::move(request))
                    .then([&](const Result<std::string>& result) {
                        note(result);
                        if (closed % 10 != 1) return;
                        ++started_after;
                        cluster->call<std::string>(ping()).then(note);
                    });
            }
            all = true;
        });
        while (!all) std::this_thread::yield();
        server.wait_for(100);
    }
    CHECK(others == 0);
    CHECK(started_after > 0);
    CHECK(closed == calls + started_after);
}

TEST_CASE("what was on the wire when it was closed may have run", "[client]") {
    ScriptedServer server(pong);
    server.hold();
    std::optional<Error> error;
    {
        Cluster cluster = client_of(server);
        cluster.call<std::string>(write_of(10)).then([&](Result<std::string> result) {
            error = std::move(result).error();
        });
        server.wait_for(1);
    }
    REQUIRE(error);
    CHECK(error->code() == "CLOSED");
    CHECK(error->effect == Effect::unknown);
}

}  // namespace
}  // namespace grapevine::client
