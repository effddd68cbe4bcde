#include "client/cache/questions.h"

#include <catch2/catch.hpp>
#include <vector>

namespace grapevine::client::cache {
namespace {

using Words = std::vector<std::string>;

Request request_of(const Words& words) {
    Request request(words[0], static_cast<unsigned>(words.size() - 1));
    for (std::size_t i = 1; i < words.size(); ++i) request.add(words[i]);
    return request;
}

Words changed_by(const Request& request) {
    Words keys;
    changes_of(request, [&](std::string_view key) { keys.emplace_back(key); });
    return keys;
}

TEST_CASE("GET and other reads of one key are questions", "[cache]") {
    const Request get = request_of({"GET", "k"});
    REQUIRE(question_of(get));
    CHECK(question_of(get)->key == "k");
    CHECK(question_of(get)->text.empty());

    const Request hget = request_of({"hget", "k", "field"});
    REQUIRE(question_of(hget));
    CHECK(question_of(hget)->key == "k");
    CHECK(question_of(hget)->text == hget.bytes());
}

TEST_CASE("what time, chance or several keys decide is no question", "[cache]") {
    for (const Words& words :
         {Words{"TTL", "k"}, Words{"SRANDMEMBER", "k"}, Words{"SET", "k", "v"}, Words{"MGET", "k"},
          Words{"PING"}, Words{"ZRANGEST", "k"}, Words{"ET", "k"}, Words{"GE", "k"}}) {
        INFO(words[0]);
        CHECK_FALSE(question_of(request_of(words)));
    }
    Request two("GET", 1);
    two.add("k");
    two.append(request_of({"GET", "k"}));
    CHECK_FALSE(question_of(two));
}

TEST_CASE("the keys that a request may change are found", "[cache]") {
    CHECK(changed_by(request_of({"SET", "k", "v"})) == Words{"k"});
    CHECK(changed_by(request_of({"MSET", "a", "1", "b", "2"})) == Words{"a", "b"});
    CHECK(changed_by(request_of({"EVAL", "return 1", "2", "a", "b", "c"})) == Words{"a", "b"});
    CHECK(changed_by(request_of({"GET", "k"})).empty());
    CHECK(changed_by(request_of({"JSON.SET", "k", "$", "1"})) == Words{"k", "$", "1"});
    Request transaction("MULTI", 0);
    transaction.append(request_of({"INCR", "k"}));
    transaction.append(request_of({"GET", "other"}));
    transaction.begin("EXEC", 0);
    CHECK(changed_by(transaction) == Words{"k"});
}

TEST_CASE("a flush changes everything", "[cache]") {
    const auto nothing = [](std::string_view) {};
    CHECK(changes_of(request_of({"flushall"}), nothing));
    CHECK(changes_of(request_of({"FLUSHDB", "SYNC"}), nothing));
    CHECK_FALSE(changes_of(request_of({"DEL", "k"}), nothing));
}

TEST_CASE("a reply is encoded so that it reads the same", "[cache]") {
    for (const std::string bytes :
         {"_\r\n", "$0\r\n\r\n", "$3\r\na\r\n\r\n", "+OK\r\n", ":-7\r\n", "#t\r\n", ",1.5\r\n",
          "(12345678901234567890\r\n", "*2\r\n:1\r\n$1\r\nx\r\n", "%1\r\n+a\r\n:1\r\n",
          "~1\r\n*1\r\n_\r\n", "*0\r\n"}) {
        CHECK(encoded(Reply(bytes)) == bytes);
        CHECK(encoded(Reply(bytes + ":1\r\n")) == bytes);
    }
    CHECK(encoded(Reply("|1\r\n+ttl\r\n:1\r\n:5\r\n")) == ":5\r\n");
}

}  // namespace
}  // namespace grapevine::client::cache
