// Commands over several slots of which one part fails.
#include <atomic>
#include <catch2/catch.hpp>
#include <grapevine/cluster.h>

#include "slots/slot.h"
#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;
using Words = ScriptedServer::Words;

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// A server that says of each key that it is there, and of "missing" that it is not.
std::string obliging(const Words& words) {
    if (words[0] == "HELLO" || words[0] == "CLUSTER") return "";
    if (words[0] == "MSET") return "+OK\r\n";
    if (words[0] != "MGET") return ":" + std::to_string(words.size() - 1) + "\r\n";
    std::string reply = "*" + std::to_string(words.size() - 1) + "\r\n";
    for (std::size_t i = 1; i < words.size(); ++i)
        reply += words[i] == "missing" ? "_\r\n" : bulk("value of " + words[i]);
    return reply;
}

// It answers like this when the first key is the given one.
ScriptedServer::Script except(const std::string& key, const std::string& error) {
    return [=](const Words& words) {
        return words.size() > 1 && words[1] == key ? error + "\r\n" : obliging(words);
    };
}

Cluster client_of(const ScriptedServer& server, std::chrono::milliseconds patience = 60s) {
    return std::move(Cluster::connect(server.address(), {.patience = patience}).value());
}

bool says(const Error& error, std::string_view text) {
    return error.text.find(text) != std::string::npos;
}

TEST_CASE("values of many slots come in the order of their keys", "[client]") {
    ScriptedServer server(obliging);
    Cluster cluster = client_of(server);
    std::vector<std::string> keys;
    for (int i = 0; i < 500; ++i) keys.push_back("k" + std::to_string(i * 7919 % 500));
    keys.insert(keys.begin() + 100, {"missing", keys[3], keys[3]});

    auto found = cluster.mget(keys).wait();

    REQUIRE(found.size() == keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        REQUIRE(found[i]);
        CHECK(found[i]->value_or("nil") == (i == 100 ? "nil" : "value of " + keys[i]));
    }
    CHECK(found.failed().empty());
}

TEST_CASE("of an MGET only the keys fail whose part did", "[client]") {
    ScriptedServer server(except("{b}1", "-NOPERM not this one"));
    Cluster cluster = client_of(server);

    auto found = cluster.mget("{b}1", "a", "{b}2", "c").wait();

    REQUIRE(found.size() == 4);
    CHECK(found[1]->value() == "value of a");
    CHECK(found[3]->value() == "value of c");
    const auto failed = found.failed();
    REQUIRE(failed.size() == 2);
    CHECK(failed[0].first == "{b}1");
    CHECK(failed[1].first == "{b}2");
    for (const auto& [key, error] : failed) {
        CHECK(error.code() == "NOPERM");
        CHECK(error.slot == slots::slot_of("b").number);
    }
}

TEST_CASE("an MGET whose part has too few values says so", "[client]") {
    ScriptedServer server(except("{b}1", "*1\r\n$1\r\nx"));
    Cluster cluster = client_of(server);

    auto found = cluster.mget("{b}1", "a", "{b}2").wait();

    CHECK(found[0].error().code() == "TYPE");
    CHECK(found[1]);
    CHECK(found[2].error().code() == "TYPE");
}

TEST_CASE("the error of a part says what became of the others", "[client]") {
    ScriptedServer server(except("b", "-CLUSTERDOWN not now"));
    Cluster cluster = client_of(server);

    const auto sum = cluster.del("a", "b", "c").within(200ms).wait();

    REQUIRE_FALSE(sum);
    CHECK(says(sum.error(), "2 of 3 keys were done, with a sum of 2; not: b"));
    CHECK(sum.error().effect == Effect::ran);  // Not of this part, but of the others.
}

TEST_CASE("nothing was done when every part was refused", "[client]") {
    ScriptedServer server([](const Words& words) {
        return words[0] == "UNLINK" ? "-CLUSTERDOWN not now\r\n" : obliging(words);
    });
    Cluster cluster = client_of(server);

    const auto sum = cluster.unlink("a", "b").within(200ms).wait();

    REQUIRE_FALSE(sum);
    CHECK(sum.error().effect == Effect::refused);
    CHECK(says(sum.error(), "0 of 2 keys were done"));
}

TEST_CASE("a part that failed is counted when its only key is empty", "[client]") {
    ScriptedServer server(except("", "-CLUSTERDOWN not now"));
    Cluster cluster = client_of(server);

    const auto sum = cluster.del("", "a").within(200ms).wait();

    REQUIRE_FALSE(sum);
    CHECK(sum.error().effect == Effect::ran);
    CHECK(says(sum.error(), "1 of 2 keys were done"));
}

TEST_CASE("a sum is of numbers, or an error", "[client]") {
    ScriptedServer server(except("b", "+OK"));
    Cluster cluster = client_of(server);

    const auto sum = cluster.exists("a", "b").wait();

    REQUIRE_FALSE(sum);
    CHECK(sum.error().code() == "TYPE");
    CHECK(says(sum.error(), "1 of 2 keys were done"));
    CHECK(cluster.mset("a", 1, "b", 2).wait().value() == 2);  // OK is MSET's answer.
}

// Two servers: the lower half of the slots is the first one's.
struct Halves {
    ScriptedServer first{[this](const Words& words) { return answer(words); }};
    std::unique_ptr<ScriptedServer> second = std::make_unique<ScriptedServer>(
        [this](const Words& words) { return words[0] == "CLUSTER" ? map : obliging(words); });

    // Of the first.
    std::string answer(const Words& words) {
        if (words[0] == "CLUSTER") return map;
        const bool has_key = words[0] == "MSET" || words[0] == "MGET";
        const int slot = has_key ? slots::slot_of(words[1]).number : 0;
        if (slot < 8192) return obliging(words);
        return "-MOVED " + std::to_string(slot) + " " + second_address + "\r\n";
    }
    std::string range(int from, int to, const std::string& address) const {
        const auto colon = address.find(':');
        return "*3\r\n:" + std::to_string(from) + "\r\n:" + std::to_string(to) + "\r\n*2\r\n" +
               bulk(address.substr(0, colon)) + ":" + address.substr(colon + 1) + "\r\n";
    }
    // Before anybody asks.
    const std::string second_address = second->address();
    const std::string map =
        "*2\r\n" + range(0, 8191, first.address()) + range(8192, 16383, second_address);
};

TEST_CASE("a part whose connection is lost may have been done", "[client]") {
    Halves halves;
    const std::string low = "b", high = "a";
    REQUIRE(slots::slot_of(low).number < 8192);
    REQUIRE(slots::slot_of(high).number >= 8192);
    Cluster cluster = client_of(halves.first);
    REQUIRE(cluster.mset(low, 1, high, 1).wait().value() == 2);
    const unsigned before = halves.second->received();
    halves.second->hold();
    std::optional<Result<std::int64_t>> set;
    std::optional<PerKey<std::string>> found;
    std::atomic<int> ended = 0;

    cluster.mset(low, 1, high, 1).within(1s).then([&](auto sum) { set = std::move(sum), ++ended; });
    cluster.mget(high, low).within(1s).then([&](auto all) { found = std::move(all), ++ended; });
    halves.second->wait_for(before + 2);
    halves.second.reset();
    while (ended < 2) std::this_thread::yield();

    REQUIRE_FALSE(*set);
    CHECK(set->error().effect == Effect::unknown);
    CHECK(says(set->error(), "1 of 2 keys were done, with a sum of 1; not: a"));
    CHECK((*found)[0].error().effect == Effect::unknown);
    CHECK((*found)[1]->value() == "value of b");
}

}  // namespace
}  // namespace grapevine::client
