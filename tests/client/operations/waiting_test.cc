// Threads that wait may do the engine's work: what others see of it must be as if they did not.
#include <catch2/catch.hpp>
#include <grapevine/cluster.h>
#include <grapevine/pipeline.h>

#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;

std::string pong(const ScriptedServer::Words& words) {
    return words[0] == "PING" ? "+PONG\r\n" : "";
}

Request ping() {
    return Request("PING", 0, Trait::reads);
}

// So often that the engine expects the next one to wait as well.
void wait_a_few_times(Cluster& cluster) {
    for (int i = 0; i < 20; ++i) REQUIRE(cluster.call(ping()).wait());
}

std::thread::id thread_of_callback(Cluster& cluster) {
    std::atomic<bool> called = false;
    std::thread::id thread;
    cluster.call(ping()).then([&](const auto&) {
        thread = std::this_thread::get_id();
        called = true;
        called.notify_one();
    });
    called.wait(false);
    return thread;
}

TEST_CASE("callbacks run on one thread, whoever waits", "[client]") {
    ScriptedServer server(pong);
    auto cluster = std::move(Cluster::connect(server.address()).value());
    const std::thread::id engine = thread_of_callback(cluster);
    for (int round = 0; round < 20; ++round) {
        wait_a_few_times(cluster);
        server.hold();
        const unsigned before = server.received();
        std::thread waiting([&] { CHECK(cluster.call(ping()).wait()); });
        std::atomic<int> right = 0;
        for (int i = 0; i < 3; ++i)
            cluster.call(ping()).then(
                [&](const auto&) { right += std::this_thread::get_id() == engine ? 1 : 0; });
        server.release();
        server.wait_for(before + 4);
        waiting.join();
        CHECK(thread_of_callback(cluster) == engine);
        CHECK(right == 3);
    }
}

TEST_CASE("a thread that waits alone is told when its time is up", "[client]") {
    ScriptedServer server(pong);
    auto cluster = std::move(Cluster::connect(server.address()).value());
    wait_a_few_times(cluster);
    server.hold();
    const auto late = cluster.call(ping()).within(50ms).wait();
    REQUIRE_FALSE(late);
    CHECK(late.error().code() == "TIMEOUT");
    server.release();
    wait_a_few_times(cluster);
}

TEST_CASE("threads that wait together all get their own answers", "[client]") {
    ScriptedServer server([](const auto& words) -> std::string {
        return words[0] == "ECHO" ? "+" + words[1] + "\r\n" : pong(words);
    });
    auto cluster = std::move(Cluster::connect(server.address()).value());
    const auto ask = [&](int thread) {
        for (int i = 0; i < 300; ++i) {
            Request request("ECHO", 1, Trait::reads);
            request.add(thread * 1000 + i);
            const auto answer = cluster.call<std::int64_t>(std::move(request)).wait();
            if (!answer || *answer != thread * 1000 + i) return false;
        }
        return true;
    };
    for (const int threads : {1, 2, 5, 1, 3}) {
        std::vector<std::thread> all;
        std::atomic<int> right = 0;
        for (int i = 0; i < threads; ++i) all.emplace_back([&, i] { right += ask(i) ? 1 : 0; });
        for (auto& thread : all) thread.join();
        CHECK(right == threads);
    }
}

TEST_CASE("what a thread waits for ends when the cluster does", "[client]") {
    ScriptedServer server(pong);
    auto cluster = Cluster::connect(server.address());
    wait_a_few_times(*cluster);
    server.hold();
    auto call = cluster->call(ping());
    std::thread waiting([&] {
        const auto ended = std::move(call).wait();
        CHECK((!ended && ended.error().code() == "CLOSED"));
    });
    while (cluster->figures().requests < 22) std::this_thread::yield();
    cluster = Error{};
    waiting.join();
    server.release();
}

// Tells when it was answered, and on which thread.
class Asked final : public Operation {
public:
    Asked(Engine& engine, bool will_wait) : Operation(ping()), engine_(engine) {
        waited_for = will_wait;
        start(engine_, *this);
    }
    void succeeded(const Reply&) override {
        wake_at_turn_end(engine_, parker_);
        by = std::this_thread::get_id();
        answered = true;
    }
    void failed(Error&& error) override { FAIL(error.text); }
    void wait() { client::wait(engine_, parker_); }

    std::thread::id by;
    std::atomic<bool> answered = false;

private:
    Engine& engine_;
    Parker& parker_ = Parker::of_this_thread();
};

// Then the next one that waits will be, too.
bool is_steered_by_who_waits(Engine& engine) {
    Asked asked(engine, true);
    asked.wait();
    return asked.by == std::this_thread::get_id();
}

TEST_CASE("a thread that comes to wait after its answer does not wait for another", "[client]") {
    ScriptedServer server(pong);
    auto cluster = std::move(Cluster::connect(server.address()).value());
    for (int round = 0; round < 10; ++round) {
        Asked asked(cluster.engine(), false);
        while (!asked.answered) std::this_thread::yield();
        std::thread([&] {
            while (!is_steered_by_who_waits(cluster.engine())) {}
        }).join();
        const auto before = std::chrono::steady_clock::now();
        asked.wait();
        CHECK(std::chrono::steady_clock::now() - before < 10s);
    }
}

TEST_CASE("a pipeline of nothing ends at once", "[client]") {
    ScriptedServer server(pong);
    auto cluster = std::move(Cluster::connect(server.address()).value());
    Pipeline pipeline(cluster);
    CHECK(pipeline.run().wait());
    wait_a_few_times(cluster);
    CHECK(pipeline.run().wait());
}

}  // namespace
}  // namespace grapevine::client
