#include <catch2/catch.hpp>
#include <grapevine/batch.h>
#include <grapevine/cluster.h>
#include <grapevine/pipeline.h>
#include <grapevine/scan.h>
#include <grapevine/task.h>
#include <grapevine/transaction.h>

using namespace grapevine::client;

TEST_CASE("the first word of an error is its code") {
    CHECK(Error{.text = "WRONGTYPE no list"}.code() == "WRONGTYPE");
    CHECK(Error{.text = "LOST"}.code() == "LOST");
    CHECK(Error{}.code().empty());
}

TEST_CASE("an error is told with what is known of it") {
    const Error bare{.text = "CLOSED"};
    const Error whole{.text = "TIMEOUT no answer",
                      .effect = Effect::unknown,
                      .slot = 3999,
                      .node = "10.0.0.7:6379",
                      .attempts = 2};

    CHECK(to_string(bare).find("CLOSED") == 0);
    CHECK(to_string(bare).find("effect not sent") != std::string::npos);
    for (const char* part :
         {"TIMEOUT no answer", "10.0.0.7:6379", "slot 3999", "attempts 2", "effect unknown"})
        CHECK(to_string(whole).find(part) != std::string::npos);
}

TEST_CASE("every effect has a name of its own") {
    CHECK(to_string(Effect::not_sent) == "not sent");
    CHECK(to_string(Effect::refused) == "refused");
    CHECK(to_string(Effect::unknown) == "unknown");
    CHECK(to_string(Effect::ran) == "ran");
}

TEST_CASE("value() throws the error when there is no value") {
    Result<int> wrong = Error{.text = "ERR no", .effect = Effect::ran};

    CHECK_THROWS_AS(wrong.value(), Failed);
    CHECK(wrong.value_or(5) == 5);
    CHECK(Result<int>(7).value() == 7);
    CHECK_THROWS_AS(Result<void>(Error{.text = "ERR no"}).value(), Failed);
    CHECK_NOTHROW(Result<void>().value());
    try {
        wrong.value();
    } catch (const Failed& failed) {
        CHECK(failed.error().effect == Effect::ran);
        CHECK(std::string(failed.what()) == "ERR no");
    }
}

TEST_CASE("a result may hold what can only be moved") {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    const auto taken = std::move(result).value();
    CHECK(*taken == 3);
}

template <typename T>
inline constexpr bool copied = std::is_copy_constructible_v<T> || std::is_copy_assignable_v<T>;

TEST_CASE("what is run once cannot be copied") {
    STATIC_REQUIRE_FALSE(copied<Call<int>>);
    STATIC_REQUIRE_FALSE(copied<MgetCall<std::string>>);
    STATIC_REQUIRE_FALSE(copied<CountCall>);
    STATIC_REQUIRE_FALSE(copied<Task<>>);
    STATIC_REQUIRE_FALSE(copied<Task<int>>);
    STATIC_REQUIRE_FALSE(copied<All<int>>);
    STATIC_REQUIRE_FALSE(copied<Batch>);
    STATIC_REQUIRE_FALSE(copied<Pipeline>);
    STATIC_REQUIRE_FALSE(copied<Transaction>);
    STATIC_REQUIRE_FALSE(copied<Scan>);
    STATIC_REQUIRE_FALSE(copied<Request>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Task<>>);
}

// A call that has a name has to be given away before it is awaited.
template <typename T>
concept AwaitedByName = requires(T& call) { call.operator co_await(); };
template <typename T>
concept AwaitedWhenGiven = requires(T&& call) { std::move(call).operator co_await(); };

TEST_CASE("only what is given away can be awaited") {
    STATIC_REQUIRE_FALSE(AwaitedByName<Call<int>>);
    STATIC_REQUIRE(AwaitedWhenGiven<Call<int>>);
    STATIC_REQUIRE_FALSE(AwaitedByName<CountCall>);
    STATIC_REQUIRE(AwaitedWhenGiven<CountCall>);
    STATIC_REQUIRE_FALSE(AwaitedByName<Pipeline::Running>);
    STATIC_REQUIRE_FALSE(AwaitedByName<Scan::Next>);
}
