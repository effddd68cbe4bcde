#include <catch2/catch.hpp>
#include <grapevine/cluster.h>
#include <grapevine/transaction.h>

#include "client/route/router.h"
#include "slots/slot.h"

using namespace grapevine::client;

namespace {

Request get(std::string_view key) {
    Request request("GET", 1, Trait::reads);
    request.key(key);
    return request;
}

Request increment(std::string_view key) {
    Request request("INCR", 1);
    request.key(key);
    return request;
}

// Never started: what is put together needs an engine only to be run.
Engine& no_engine() {
    alignas(16) static char bytes[16];
    return reinterpret_cast<Engine&>(bytes);
}

Request put_together(std::initializer_list<Request*> parts) {
    Transaction transaction(no_engine());
    for (Request* part : parts) transaction.call(std::move(*part));
    return std::move(transaction).run().take_request();
}

}  // namespace

TEST_CASE("a transaction is one request from MULTI to EXEC", "[transaction]") {
    Request first = increment("{a}1");
    Request second = get("{a}2");

    const Request whole = put_together({&first, &second});

    CHECK(whole.bytes() ==
          "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$4\r\n{a}1\r\n*2\r\n$3\r\nGET\r\n$4\r\n{a}2\r\n"
          "*1\r\n$4\r\nEXEC\r\n");
    CHECK(whole.commands() == 4);
    CHECK(whole.facts().slot == grapevine::slots::slot_of("{a}").number);
    CHECK_FALSE(whole.facts().crosses_slots);
    CHECK_FALSE(whole.facts().repeatable());
}

TEST_CASE("a transaction over two slots is known as such before it is sent", "[transaction]") {
    Request first = increment("a");
    Request second = increment("b");

    CHECK(put_together({&first, &second}).facts().crosses_slots);
}

TEST_CASE("a transaction that only reads may be sent twice", "[transaction]") {
    Request first = get("a");

    CHECK(put_together({&first}).facts().repeatable());
}

TEST_CASE("each command of a transaction has a result of its own", "[transaction]") {
    const Reply exec("*4\r\n:7\r\n-WRONGTYPE no\r\n*2\r\n$1\r\nx\r\n$1\r\ny\r\n$-1\r\n+more\r\n");

    const Replies replies = read_as<Replies>(exec).value();

    CHECK(replies.size() == 4);
    CHECK(*replies[Place<std::int64_t>{0}] == 7);
    const auto wrong = replies[Place<std::string>{1}];
    CHECK(wrong.error().code() == "WRONGTYPE");
    CHECK(wrong.error().effect == Effect::ran);
    CHECK(*replies[Place<std::vector<std::string>>{2}] == std::vector<std::string>{"x", "y"});
    CHECK_FALSE(replies[Place<std::optional<std::string>>{3}]->has_value());
    CHECK(replies[Place<std::int64_t>{2}].error().code() == "TYPE");
}

TEST_CASE("nil from EXEC says that nothing was done", "[transaction]") {
    const auto outcome = read_as<Replies>(Reply("_\r\n"));

    CHECK(outcome.error().code() == "ABORTED");
    CHECK(outcome.error().effect == Effect::refused);
}

TEST_CASE("an error of a transaction says that nothing was done", "[transaction]") {
    route::Router router({{.host = "10.0.0.1", .port = 7001}}, 1);
    Facts facts{.slot = 5, .transaction = true};
    Trip trip;
    const auto effect_of = [&](std::string_view error) {
        return router.refused(facts, trip, 0, error, Instant{}).effect;
    };

    CHECK(effect_of("ERR wrong number of arguments for 'get' command") == Effect::refused);
    CHECK(effect_of("NOPERM this user has no permissions to run the 'multi' command") ==
          Effect::unknown);
    facts.transaction = false;
    CHECK(effect_of("ERR wrong number of arguments for 'get' command") == Effect::ran);
}
