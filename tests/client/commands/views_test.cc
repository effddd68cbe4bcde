// What must not outlive a reply is known by its type.
#include <catch2/catch.hpp>
#include <grapevine/arguments.h>
#include <grapevine/batch.h>
#include <string>

using namespace grapevine::client;

TEST_CASE("views are told apart from what owns its bytes") {
    STATIC_REQUIRE(is_view<std::string_view>);
    STATIC_REQUIRE(is_view<std::optional<std::string_view>>);
    STATIC_REQUIRE(is_view<std::vector<std::pair<std::string, std::string_view>>>);
    STATIC_REQUIRE_FALSE(is_view<std::optional<std::string>>);
}

TEST_CASE("what is written inside a co_await expression is safe with GCC 12") {
    STATIC_REQUIRE(std::is_trivially_destructible_v<Option>);
    STATIC_REQUIRE(std::is_trivially_destructible_v<Expiry>);
    STATIC_REQUIRE(std::is_trivially_destructible_v<Condition>);
    STATIC_REQUIRE(std::is_trivially_destructible_v<Argument>);
}
