// A reply of another shape than was asked for is an error that says so, never a value.
#include <catch2/catch.hpp>
#include <cmath>
#include <grapevine/read.h>
#include <limits>
#include <map>

using namespace grapevine::client;

namespace {

// One well-formed reply of every kind, and some that are hard to tell from others.
const std::vector<std::string> every_kind = {
    "_\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "+OK\r\n",
    "+12\r\n",
    "-ERR no\r\n",
    "!6\r\nERR no\r\n",
    ":7\r\n",
    ":-1\r\n",
    "$0\r\n\r\n",
    "$2\r\n12\r\n",
    "$3\r\n1x2\r\n",
    "*0\r\n",
    "*1\r\n:1\r\n",
    "*2\r\n$1\r\na\r\n:1\r\n",
    "%0\r\n",
    "%1\r\n+a\r\n+1\r\n",
    "~2\r\n:1\r\n:2\r\n",
    ">2\r\n+a\r\n+b\r\n",
    "#t\r\n",
    "#f\r\n",
    ",2.5\r\n",
    ",inf\r\n",
    "(99999999999999999999\r\n",
    "=7\r\ntxt:abc\r\n",
    "*1\r\n-ERR in it\r\n",
    "*1\r\n*1\r\n*1\r\n_\r\n",
};

// How many of them are no T; each of these is said to be so.
template <typename T>
std::size_t refused() {
    std::size_t count = 0;
    for (const std::string& encoded : every_kind) {
        const auto result = read_as<T>(Reply(encoded));
        if (result) continue;
        ++count;
        CHECK(result.error().code() == "TYPE");
        CHECK(result.error().effect == Effect::ran);
        CHECK(result.error().text.find("the reply is ") != std::string::npos);
    }
    return count;
}

template <typename T>
std::string code_of(std::string_view encoded) {
    const auto result = read_as<T>(Reply(encoded));
    return result ? "" : std::string(result.error().code());
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every type meets every kind of reply") {
    constexpr std::size_t aggregates = 9, nulls = 3, errors = 2;
    CHECK(refused<std::string>() == aggregates + nulls + errors);
    CHECK(refused<std::optional<std::string>>() == aggregates + errors);
    CHECK(refused<std::string_view>() == aggregates + nulls + errors);
    CHECK(refused<std::int64_t>() == every_kind.size() - 6);  // +12, :7, :-1, $12, #t and #f.
    CHECK(refused<std::uint8_t>() == every_kind.size() - 5);
    CHECK(refused<double>() == every_kind.size() - 7);  // +12, both integers, $12, two reals, (.
    CHECK(refused<bool>() == every_kind.size() - nulls - 5);
    CHECK(refused<Value>() == 0);
    CHECK(refused<void>() == 0);
    CHECK(refused<Texts>() == every_kind.size() - nulls - 7);
    CHECK(refused<std::pair<std::string, std::int64_t>>() == every_kind.size() - 3);
    CHECK(refused<std::map<std::string, std::string>>() == every_kind.size() - nulls - 6);
    CHECK(refused<std::vector<Result<std::int64_t>>>() > 0);
    CHECK(refused<std::optional<std::vector<std::optional<Texts>>>>() > 0);
}

TEST_CASE("numbers at their limits are whole or refused") {
    CHECK(*read_as<std::int64_t>(Reply(":-9223372036854775808\r\n")) ==
          std::numeric_limits<std::int64_t>::min());
    CHECK(code_of<std::int64_t>("(9223372036854775808\r\n") == "TYPE");
    CHECK(*read_as<std::int64_t>(Reply("(9223372036854775807\r\n")) ==
          std::numeric_limits<std::int64_t>::max());
    CHECK(code_of<std::int64_t>("$2\r\n1 \r\n") == "TYPE");
    CHECK(code_of<std::int64_t>("$0\r\n\r\n") == "TYPE");
    CHECK(code_of<std::int64_t>(",2.5\r\n") == "TYPE");
    CHECK(std::isinf(*read_as<double>(Reply(",-inf\r\n"))));
    CHECK(std::isnan(*read_as<double>(Reply(",nan\r\n"))));
    CHECK(*read_as<double>(Reply(":3\r\n")) == 3.0);
    CHECK(code_of<double>("$5\r\n1e99x\r\n") == "TYPE");
}

TEST_CASE("an error among elements is no text") {
    const std::string_view reply = "*3\r\n+a\r\n-WRONGTYPE no list\r\n+b\r\n";

    CHECK(code_of<Texts>(reply) == "TYPE");
    CHECK(code_of<std::vector<std::optional<std::string>>>(reply) == "TYPE");
    const auto each = *read_as<std::vector<Result<std::string>>>(Reply(reply));
    REQUIRE(each.size() == 3);
    CHECK(*each[0] == "a");
    CHECK(each[1].error().code() == "WRONGTYPE");
    CHECK(each[1].error().effect == Effect::ran);
    CHECK(*each[2] == "b");
}

TEST_CASE("pairs come in turn, as arrays of two or as a map") {
    using Pairs = std::vector<std::pair<std::string, int>>;
    const Pairs right = {{"a", 1}, {"b", 2}};

    CHECK(*read_as<Pairs>(Reply("*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n")) == right);
    CHECK(*read_as<Pairs>(Reply("*2\r\n*2\r\n+a\r\n:1\r\n*2\r\n+b\r\n:2\r\n")) == right);
    CHECK(*read_as<Pairs>(Reply("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n")) == right);
    CHECK(code_of<Pairs>("*3\r\n+a\r\n:1\r\n+b\r\n") == "TYPE");
    CHECK(code_of<Pairs>("*1\r\n*3\r\n+a\r\n:1\r\n+b\r\n") == "TYPE");
}

TEST_CASE("a list in the place of a value is not taken for a pair") {
    const std::string_view in_turn = "*4\r\n+a\r\n*2\r\n+1\r\n+2\r\n+b\r\n*2\r\n+3\r\n+4\r\n";

    CHECK(code_of<std::map<std::string, std::string>>(in_turn) == "TYPE");
    CHECK(*read_as<std::map<std::string, Texts>>(Reply(in_turn)) ==
          std::map<std::string, Texts>{{"a", {"1", "2"}}, {"b", {"3", "4"}}});
}
