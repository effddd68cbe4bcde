#include "node/commands/glob.h"

#include <catch2/catch.hpp>

using grapevine::node::commands::matches;

TEST_CASE("a star stands for any bytes, a question mark for one", "[commands]") {
    CHECK(matches("", ""));
    CHECK(matches("*", ""));
    CHECK(matches("**", "anything"));
    CHECK(matches("h?llo", "hello"));
    CHECK(matches("h*llo", "heeeello"));
    CHECK(matches("*a*b", "xaxbxb"));
    CHECK_FALSE(matches("", "a"));
    CHECK_FALSE(matches("?", ""));
    CHECK_FALSE(matches("h?llo", "hllo"));
    CHECK_FALSE(matches("*a*b", "xbxa"));
    CHECK_FALSE(matches("abc", "ab"));
}

TEST_CASE("a set stands for one byte in it, or not in it", "[commands]") {
    CHECK(matches("h[ae]llo", "hallo"));
    CHECK_FALSE(matches("h[ae]llo", "hillo"));
    CHECK(matches("h[^e]llo", "hallo"));
    CHECK_FALSE(matches("h[^e]llo", "hello"));
    CHECK(matches("h[a-c]llo", "hbllo"));
    CHECK(matches("h[c-a]llo", "hbllo"));
    CHECK_FALSE(matches("h[a-c]llo", "hdllo"));
    CHECK(matches("[\\]]", "]"));
    CHECK(matches("[ab", "b"));
    CHECK_FALSE(matches("[]", "a"));
    CHECK(matches("*[0-9]x", "a7b8x"));
    CHECK(matches("[\x80-\xff]", "\xe4"));
}

TEST_CASE("a backslash takes the meaning from what follows", "[commands]") {
    CHECK(matches("a\\*", "a*"));
    CHECK_FALSE(matches("a\\*", "ab"));
    CHECK(matches("\\?\\[\\\\", "?[\\"));
    CHECK(matches("a\\", "a\\"));
}

TEST_CASE("no pattern takes longer than pattern times text", "[commands]") {
    std::string pattern;
    for (int star = 0; star < 1000; ++star) pattern += "a*";
    CHECK_FALSE(matches(pattern + "b", std::string(20000, 'a')));
}
