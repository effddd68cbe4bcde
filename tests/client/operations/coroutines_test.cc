// Every way of awaiting meets every end, and whatever was made on the way is destroyed once.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/client/operations/coroutine_ways.h"
#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;
using Words = ScriptedServer::Words;

std::string array_of(std::size_t elements) {
    std::string reply = "*" + std::to_string(elements) + "\r\n";
    while (elements-- > 0) reply += "$1\r\nv\r\n";
    return reply;
}

// Two batches; without slots, so that nothing else is asked.
std::string scanned(const Words& words) {
    const std::string next = words[1] == "0" ? "7" : "0";
    return "*2\r\n$1\r\n" + next + "\r\n" + array_of(2);
}

std::string answer(const Words& words) {
    const std::string& name = words[0];
    if (name == "HELLO") return "";
    if (name == "CLUSTER")
        return words[1] == "NODES" ? "-ERR This instance has cluster support disabled\r\n" : "";
    if (name == "SCAN") return scanned(words);
    if (name == "MGET") return array_of(words.size() - 1);
    if (name == "BLPOP") return array_of(2);
    if (name == "EXEC") return array_of(1);
    if (name == "DEL") return ":1\r\n";
    if (name == "SCRIPT") return "+" + std::string(40, 'a') + "\r\n";
    if (name == "MULTI" || name == "MSET" || name == "SET") return "+OK\r\n";
    return "$1\r\nv\r\n";
}

enum class End { ok, refused, late, closed };

class Stage {
public:
    explicit Stage(End end) : end_(end) {
        do
            cluster_ =
                Cluster::connect(server_.address(), {.patience = end == End::late ? 40ms : 60s});
        while (!cluster_);
        script_ = Script::load(*cluster_, "return 'v'");
        while (!script_) script_ = Script::load(*cluster_, "return 'v'");
        refuses_ = end == End::refused;
        if (end == End::late || end == End::closed) server_.hold();
    }
    ~Stage() { server_.release(); }

    std::string run(const Way& way) {
        if (end_ != End::closed) return client::run(way.go({*cluster_, *script_}));
        std::thread closing([this, before = server_.received()] {
            server_.wait_for(before + 1);
            cluster_ = Error{};
        });
        std::string ended = client::run(way.go({*cluster_, *script_}));
        closing.join();
        return ended;
    }

private:
    std::string answered(const Words& words) const {
        const bool own = words[0] == "HELLO" || words[0] == "CLUSTER";
        return refuses_ && !own ? "-WRONGTYPE of another kind\r\n" : answer(words);
    }

    const End end_;
    std::atomic<bool> refuses_ = false;
    ScriptedServer server_{[this](const Words& words) { return answered(words); }};
    Result<Cluster> cluster_ = Error{};
    Result<Script> script_ = Error{};
};

void check(const Way& way, const std::string& ended, const std::string& expected) {
    INFO(way.name);
    CHECK(ended == expected);
    CHECK(Counted::alive == 0);
    CHECK(Counted::broken == 0);
    Counted::alive = 0;
    Counted::broken = 0;
}

void check_each(End end, const std::string& expected) {
    Stage stage(end);
    for (const auto ways : {ways_of_calls(), ways_of_tasks(), ways_of_many()})
        for (const Way& way : ways) check(way, stage.run(way), expected);
}

TEST_CASE("whatever is awaited gives its value", "[coroutines]") {
    check_each(End::ok, "ok");
}

TEST_CASE("whatever is awaited gives the error of a server", "[coroutines]") {
    check_each(End::refused, "WRONGTYPE");
}

TEST_CASE("whatever is awaited ends when its time is up", "[coroutines]") {
    check_each(End::late, "TIMEOUT");
}

TEST_CASE("whatever is awaited ends when the cluster is closed", "[coroutines]") {
    for (const auto ways : {ways_of_calls(), ways_of_tasks(), ways_of_many()})
        for (const Way& way : ways) check(way, Stage(End::closed).run(way), "CLOSED");
}

Task<> count_spawned(Setting on, Counted parameter, std::atomic<int>& ended) {
    const auto result = co_await counted(on);
    if (result && parameter.whole()) ++ended;
    ended.notify_one();
}

TEST_CASE("what is spawned is gone when it has ended", "[coroutines]") {
    std::atomic<int> ended = 0;
    {
        ScriptedServer server(answer);
        auto cluster = std::move(Cluster::connect(server.address()).value());
        const Script script = std::move(Script::load(cluster, "return 'v'").value());
        for (int i = 0; i < 100; ++i)
            spawn(count_spawned({cluster, script}, Counted("parameter"), ended));
        for (int seen = ended; seen < 100; seen = ended) ended.wait(seen);
    }
    CHECK(Counted::alive == 0);
    CHECK(Counted::broken == 0);
}

}  // namespace
}  // namespace grapevine::client
