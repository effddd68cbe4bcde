#include "node/commands/join.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::commands;

namespace {

std::string joined(Join how, std::vector<std::string_view> parts, std::uint64_t random = 0) {
    return join(how, parts, random);
}

}  // namespace

TEST_CASE("counts of the workers are added", "[commands]") {
    CHECK(joined(Join::sum, {":3\r\n", ":0\r\n", ":39\r\n"}) == ":42\r\n");
}

TEST_CASE("lists of the workers become one list", "[commands]") {
    CHECK(joined(Join::concatenate,
                 {"*1\r\n$1\r\na\r\n", "*0\r\n", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n"}) ==
          "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
}

TEST_CASE("one of the workers' answers is picked among those that are something", "[commands]") {
    CHECK(joined(Join::any, {"$-1\r\n", "$1\r\na\r\n", "$1\r\nb\r\n"}, 0) == "$1\r\na\r\n");
    CHECK(joined(Join::any, {"$-1\r\n", "$1\r\na\r\n", "$1\r\nb\r\n"}, 3) == "$1\r\nb\r\n");
    CHECK(joined(Join::any, {"_\r\n", "_\r\n"}, 7) == "_\r\n");
}

TEST_CASE("an error of one worker is the reply", "[commands]") {
    CHECK(joined(Join::first, {"+OK\r\n", "+OK\r\n"}) == "+OK\r\n");
    CHECK(joined(Join::first, {"+OK\r\n", "-ERR no\r\n"}) == "-ERR no\r\n");
    CHECK(joined(Join::sum, {":1\r\n", "-ERR no\r\n"}) == "-ERR no\r\n");
}

TEST_CASE("a walk goes on with the next worker until the last one has ended", "[commands]") {
    const std::string under_way = "*2\r\n$3\r\n123\r\n*0\r\n";
    const std::string ended = "*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n";

    CHECK(continue_walk(under_way, 0, 2) == under_way);
    CHECK(continue_walk(ended, 1, 2) == ended);
    CHECK(continue_walk(ended, 0, 1) == ended);
    CHECK(continue_walk(ended, 0, 2) == "*2\r\n$8\r\n16777216\r\n*1\r\n$1\r\na\r\n");
    CHECK(worker_of_cursor("16777216", 2) == 1);
    CHECK(worker_of_cursor("0", 2) == 0);
    CHECK(worker_of_cursor("no cursor", 2) == 0);
}
