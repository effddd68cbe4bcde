#include "client/route/blocking.h"

#include <catch2/catch.hpp>
#include <grapevine/request.h>

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

std::optional<Duration> timeout_of(std::initializer_list<const char*> words) {
    Request request(*words.begin(), static_cast<unsigned>(words.size() - 1), Trait::blocks);
    for (auto word = words.begin() + 1; word != words.end(); ++word) request.add(*word);
    return route::server_timeout(request.bytes());
}

}  // namespace

TEST_CASE("the server's own timeout is read from the command", "[blocking]") {
    CHECK(timeout_of({"BLPOP", "a", "b", "1.5"}) == Duration(1500ms));
    CHECK(timeout_of({"blmove", "a", "b", "LEFT", "RIGHT", "2"}) == Duration(2s));
    CHECK(timeout_of({"BLMPOP", "3", "1", "a", "LEFT"}) == Duration(3s));
    CHECK(timeout_of({"BZPOPMIN", "a", "4"}) == Duration(4s));
    CHECK(timeout_of({"WAIT", "1", "250"}) == Duration(250ms));
    CHECK(timeout_of({"XREAD", "COUNT", "2", "block", "70", "STREAMS", "s", "$"}) ==
          Duration(70ms));
}

TEST_CASE("zero, the unknown and what is longer than a life are for ever", "[blocking]") {
    CHECK_FALSE(timeout_of({"BLPOP", "a", "0"}));
    CHECK_FALSE(timeout_of({"WAIT", "1", "0"}));
    CHECK_FALSE(timeout_of({"MODULE.WAIT", "a", "1"}));
    CHECK_FALSE(timeout_of({"BLPOP", "a", "1e300"}));
}

TEST_CASE("XREAD without BLOCK does not wait", "[blocking]") {
    CHECK(timeout_of({"XREAD", "STREAMS", "BLOCK", "5"}) == Duration{});
}

TEST_CASE("what is no timeout is left to the server to refuse", "[blocking]") {
    CHECK(timeout_of({"BLPOP", "a", "-1"}) == Duration{});
    CHECK_FALSE(timeout_of({"BLPOP", "a", "soon"}));
    CHECK(timeout_of({"WAIT", "1"}) == Duration{});
    CHECK_FALSE(route::server_timeout(""));
}
