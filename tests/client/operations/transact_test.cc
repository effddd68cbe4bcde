// transact() of threads and of coroutines against a server that refuses, hangs up and keeps silent.
#include <catch2/catch.hpp>
#include <grapevine/cluster.h>
#include <grapevine/future.h>
#include <grapevine/transact.h>
#include <map>

#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;
using End = Result<std::optional<Replies>>;

const std::string hang_up(1, ScriptedServer::hang_up);
const std::string changed = "*-1\r\n";

// Answers as usual what has no answer of its own; the last of those stays.
struct Server {
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> own;
    std::map<std::string, int> asked;
    ScriptedServer scripted{[this](const auto& words) { return answer(words[0]); }};
    Cluster cluster = connect();

    Cluster connect() const {
        return std::move(Cluster::connect(scripted.address(), {.patience = 20s}).value());
    }
    void answers(const std::string& name, std::vector<std::string> in_turn) {
        const std::lock_guard lock(mutex);
        own[name] = std::move(in_turn);
    }
    int count(const std::string& name) {
        const std::lock_guard lock(mutex);
        return asked[name];
    }

private:
    std::string answer(const std::string& name) {
        const std::lock_guard lock(mutex);
        ++asked[name];
        if (auto& left = own[name]; !left.empty()) {
            const std::string next = left.front();
            if (left.size() > 1) left.erase(left.begin());
            return next;
        }
        if (name == "HELLO" || name == "CLUSTER") return "";
        if (name == "GET") return "$1\r\n5\r\n";
        if (name == "EXEC") return "*1\r\n+OK\r\n";
        return name == "SET" ? "+QUEUED\r\n" : "+OK\r\n";
    }
};

Request get() {
    Request request("GET", 1, Trait::reads);
    request.key("k");
    return request;
}
Request set() {
    Request request("SET", 2, Trait::repeatable);
    request.key("k");
    request.add("6");
    return request;
}
// Is not done twice.
Request append() {
    Request request("APPEND", 2);
    request.key("k");
    request.add("6");
    return request;
}

// What the body does besides looking and writing.
struct Body {
    int calls = 0;
    bool wanted = true;
    bool throws = false;
    bool writes_at_once = false;
};

End by_thread(Server& server, Body& body, Tries tries) {
    return transact(
        server.cluster, "k",
        [&](Watched& watched) {
            ++body.calls;
            const auto seen = watched.ask<std::string>(body.writes_at_once ? append() : get());
            if (body.throws) throw std::runtime_error("no more");
            watched.call(set());
            return body.wanted;
        },
        tries);
}

End by_coroutine(Server& server, Body& body, Tries tries) {
    return run(transact(
        server.cluster, "k",
        [&](Watching& watching) -> Task<bool> {
            ++body.calls;
            // GCC 12 takes no choice inside a co_await expression.
            Request question = body.writes_at_once ? append() : get();
            const auto seen = co_await watching.ask<std::string>(std::move(question));
            if (body.throws) throw std::runtime_error("no more");
            watching.call(set());
            co_return body.wanted;
        },
        tries));
}

using Way = End (*)(Server&, Body&, Tries);
Way any_way() {
    return GENERATE(by_thread, by_coroutine);
}

constexpr std::uint16_t slot_of_k = 7629;

}  // namespace

TEST_CASE("a transaction whose key was changed is tried again", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("EXEC", {changed, changed, "*1\r\n+OK\r\n"});
    Body body;

    const End outcome = way(server, body, 10s);

    REQUIRE(outcome);
    CHECK((*outcome)->size() == 1);
    CHECK(body.calls == 3);
    CHECK(server.count("WATCH") == 3);
    CHECK(server.count("UNWATCH") == 0);
    CHECK(server.count("HELLO") == 2);  // All attempts had the same connection.
}

TEST_CASE("attempts that are used up are told", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("EXEC", {changed});
    Body body;

    const End outcome = way(server, body, {10s, 3});

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().text ==
          "ABORTED a watched key was changed: nothing was done; given up after 3 attempts");
    CHECK(outcome.error().effect == Effect::refused);
    CHECK(outcome.error().attempts == 3);
    CHECK(outcome.error().slot == slot_of_k);
    CHECK(body.calls == 3);
}

TEST_CASE("one deadline is for all attempts and the pauses between them", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("EXEC", {changed});
    Body body;

    const End outcome = way(server, body, 300ms);

    REQUIRE_FALSE(outcome);
    CHECK_THAT(outcome.error().text,
               Catch::StartsWith("TIMEOUT the transaction was not done within 300 ms, in ") &&
                   Catch::EndsWith("attempts; the last obstacle: ABORTED a watched key was "
                                   "changed: nothing was done"));
    CHECK(outcome.error().effect == Effect::refused);
    CHECK(outcome.error().slot == slot_of_k);
    CHECK(outcome.error().elapsed > 200ms);
    CHECK(outcome.error().attempts == static_cast<unsigned>(body.calls));
    CHECK(body.calls >= 3);
    CHECK(body.calls <= 20);  // At least half of 4, 8, 16, 32, 64, 64, ... ms lies between them.
}

TEST_CASE("a server that keeps silent is waited for until the deadline", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.scripted.hold();
    Body body;

    const End outcome = way(server, body, 100ms);

    server.scripted.release();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code() == "TIMEOUT");
    CHECK(outcome.error().effect == Effect::refused);
    CHECK(outcome.error().attempts == 1);
    CHECK(body.calls == 0);
}

TEST_CASE("a connection that ends before EXEC is sent costs an attempt", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("GET", {hang_up, hang_up, "$1\r\n5\r\n"});
    Body body;

    const End outcome = way(server, body, 10s);

    REQUIRE(outcome);
    CHECK(body.calls == 3);
    CHECK(server.count("EXEC") == 1);
}

TEST_CASE("a transaction that was sent and not answered is not tried again", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("EXEC", {hang_up});
    Body body;

    const End outcome = way(server, body, 10s);

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code() == "LOST");
    CHECK(outcome.error().effect == Effect::unknown);
    CHECK(outcome.error().attempts == 1);
    CHECK(body.calls == 1);
    CHECK(server.count("EXEC") == 1);
}

TEST_CASE("nor is one whose body wrote by itself and never heard of it", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("APPEND", {hang_up});
    Body body{.writes_at_once = true};

    const End outcome = way(server, body, 10s);

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().effect == Effect::unknown);
    CHECK(body.calls == 1);
    CHECK(server.count("EXEC") == 0);
}

TEST_CASE("what the server says to a question ends the transaction", "[client][transact]") {
    const Way way = any_way();
    Server server;
    server.answers("GET", {"-WRONGTYPE of another kind\r\n"});
    Body body;

    const End outcome = way(server, body, 10s);

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().text == "WRONGTYPE of another kind");
    CHECK(outcome.error().effect == Effect::ran);
    CHECK(body.calls == 1);
}

TEST_CASE("a body that throws or wants nothing leaves the connection as new",
          "[client][transact]") {
    const Way way = any_way();
    Server server;
    Body body;
    REQUIRE(way(server, body, 10s));
    const int connections = server.count("HELLO");

    SECTION("it throws") {
        body.throws = true;
        for (int i = 0; i < 3; ++i) CHECK_THROWS_WITH(way(server, body, 10s), "no more");
    }
    SECTION("it wants nothing") {
        body.wanted = false;
        for (int i = 0; i < 3; ++i) CHECK_FALSE(way(server, body, 10s).value());
    }

    CHECK(body.calls == 4);
    CHECK(server.count("UNWATCH") == 3);
    CHECK(server.count("EXEC") == 1);
    CHECK(server.count("HELLO") == connections);
}

TEST_CASE("a conversation that is left unwatches by itself", "[client][transact]") {
    Server server;
    {
        Watching watching(server.cluster, "k");
        REQUIRE(watching.start().wait());
    }
    server.scripted.wait_for(2);
    CHECK(server.count("UNWATCH") == 1);
    { const Watching never_started(server.cluster, "k"); }
    CHECK(server.cluster.call(get()).wait());
    CHECK(server.count("UNWATCH") == 1);
}

TEST_CASE("the steps of a conversation are calls", "[client][transact]") {
    Server server;

    SECTION("that are waited for as futures") {
        Watching watching(server.cluster, "k");
        REQUIRE(watching.start().future().get());
        CHECK(*watching.ask<std::string>(get()).future().get() == "5");
        watching.call(set());
        CHECK(std::move(watching).run().future().get()->size() == 1);
    }
    SECTION("that follow each other as callbacks") {
        std::promise<std::size_t> done;
        Watching watching(server.cluster, "k");
        watching.start().then([&](const Result<void>& started) {
            REQUIRE(started);
            watching.ask<std::string>(get()).then([&](const Result<std::string>& seen) {
                REQUIRE(seen);
                watching.call(set());
                std::move(watching).run().then(
                    [&](const Result<Replies>& replies) { done.set_value(replies->size()); });
            });
        });
        CHECK(done.get_future().get() == 1);
    }
    SECTION("that can be abandoned") {
        Watching watching(server.cluster, "k");
        REQUIRE(watching.start().wait());
        REQUIRE(watching.abandon().wait());
        CHECK(server.count("UNWATCH") == 1);
        CHECK(watching.ask(get()).wait().error().code() == "LOST");
    }
    CHECK(server.count("WATCH") == 1);
}

TEST_CASE("a client that is closed ends its transactions", "[client][transact]") {
    Server server;
    server.answers("EXEC", {changed});
    auto cluster = std::make_unique<Cluster>(server.connect());
    std::promise<std::string> ended;
    spawn([](Cluster& on, std::promise<std::string>& into) -> Task<> {
        const auto body = [](Watching& watching) -> Task<bool> {
            watching.call(set());
            co_return true;
        };
        const auto outcome = co_await transact(on, "k", body);
        into.set_value(std::string(outcome.error().code()));
    }(*cluster, ended));
    while (server.count("EXEC") < 5) std::this_thread::yield();

    cluster.reset();

    CHECK(ended.get_future().get() == "CLOSED");
}

}  // namespace grapevine::client
