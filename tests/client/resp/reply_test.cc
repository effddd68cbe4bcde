#include "client/resp/reply.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace grapevine;
using client::resp::ReplyLimits;
using client::resp::ReplyReader;
using client::resp::Value;
using Kind = Value::Kind;

namespace {

struct Outcome {
    std::vector<Value> replies;
    std::string error;
    bool operator==(const Outcome&) const = default;
};

Outcome read_in_pieces(std::string_view bytes, std::size_t piece, ReplyLimits limits = {}) {
    Outcome outcome;
    ReplyReader reader(limits);
    std::string buffer;
    while (!bytes.empty()) {
        buffer = std::string(buffer).append(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (;;) {
            const auto size = reader.read(buffer);
            if (!size) {
                outcome.error = size.error().text;
                return outcome;
            }
            if (*size == 0) break;
            outcome.replies.push_back(std::move(reader.value()));
            buffer.erase(0, *size);
        }
    }
    return outcome;
}

Outcome read_at_once(std::string_view bytes, ReplyLimits limits = {}) {
    return read_in_pieces(bytes, bytes.size(), limits);
}

Value one(std::string_view bytes) {
    const auto outcome = read_at_once(bytes);
    INFO(outcome.error);
    REQUIRE(outcome.replies.size() == 1);
    return outcome.replies.front();
}

std::string error_of(std::string_view bytes, ReplyLimits limits = {}) {
    return read_at_once(bytes, limits).error;
}

const std::string everything =
    "+OK\r\n-ERR "
    "no\r\n:-42\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n_\r\n#t\r\n#f\r\n,1.5\r\n,-inf\r\n"
    "(123456789012345678901234567890\r\n=7\r\ntxt:abc\r\n!5\r\nERR x\r\n*0\r\n"
    "*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n~1\r\n:2\r\n%1\r\n+key\r\n*1\r\n:3\r\n"
    ">2\r\n+message\r\n+hello\r\n|1\r\n+ttl\r\n:9\r\n*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:5\r\n|0\r\n:"
    "6\r\n";

}  // namespace

TEST_CASE("every kind of reply is read", "[resp]") {
    CHECK(one("+OK\r\n").kind == Kind::simple);
    CHECK(one("+OK\r\n").text == "OK");
    CHECK(one("-ERR no\r\n").is_error());
    CHECK(one(":-42\r\n").integer == -42);
    CHECK(one("$5\r\na\r\nbc\r\n").text == "a\r\nbc");
    CHECK(one("$-1\r\n").is_null());
    CHECK(one("*-1\r\n").is_null());
    CHECK(one("_\r\n").is_null());
    CHECK(one("#t\r\n").integer == 1);
    CHECK(one(",1.5\r\n").real == 1.5);
    CHECK(std::isinf(one(",inf\r\n").real));
    CHECK(one("(123456789012345678901234567890\r\n").kind == Kind::big_number);
    CHECK(one("=7\r\ntxt:abc\r\n").text == "abc");
    CHECK(one("!5\r\nERR x\r\n").is_error());
    CHECK(one("!5\r\nERR x\r\n").text == "ERR x");
    CHECK(one(">2\r\n+message\r\n+hello\r\n").kind == Kind::push);
}

TEST_CASE("arrays and maps hold their elements in order", "[resp]") {
    const Value nested = one("*2\r\n:1\r\n*2\r\n+a\r\n*0\r\n");
    REQUIRE(nested.elements.size() == 2);
    CHECK(nested.elements[1].elements[0].text == "a");
    CHECK(nested.elements[1].elements[1].kind == Kind::array);

    for (const auto* map :
         {"%2\r\n+a\r\n:1\r\n$1\r\nb\r\n:2\r\n", "*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n"}) {
        CHECK(one(map).find("b")->integer == 2);
        CHECK(one(map).find("c") == nullptr);
    }
}

TEST_CASE("attributes are left out wherever they stand", "[resp]") {
    CHECK(one("|1\r\n+ttl\r\n:9\r\n:5\r\n").integer == 5);
    const Value array = one("*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:5\r\n|0\r\n:6\r\n");
    REQUIRE(array.elements.size() == 2);
    CHECK(array.elements[0].integer == 5);
    CHECK(array.elements[1].integer == 6);
}

TEST_CASE("a reply is the same however the network cuts it", "[resp]") {
    const Outcome whole = read_at_once(everything);
    REQUIRE(whole.error.empty());
    for (std::size_t piece = 1; piece < everything.size(); ++piece) {
        CHECK(read_in_pieces(everything, piece) == whole);
    }
}

TEST_CASE("a server cannot make the reader hold more than its limits", "[resp]") {
    std::string deep;
    for (int level = 0; level < 33; ++level) deep += "*1\r\n";
    CHECK(error_of(deep) == "ERR Protocol error: a reply is nested too deep");
    const ReplyLimits small{.bulk_bytes = 10, .elements = 5};
    CHECK(error_of("*2\r\n*3\r\n:1\r\n:1\r\n:1\r\n*1\r\n", small) ==
          "ERR Protocol error: a reply has too many elements");
    CHECK(error_of("$11\r\n", small) == "ERR Protocol error: invalid length '11' in a reply");
    CHECK(error_of(std::string(70000, '+')) == "ERR Protocol error: a line of a reply is too long");
    CHECK(error_of("*4294967295\r\n") == "ERR Protocol error: a reply has too many elements");
}

TEST_CASE("what is no reply is refused", "[resp]") {
    for (const auto* bytes :
         {"\r\n", "x\r\n", ":1x\r\n", ":\r\n", "$\r\n", "$-2\r\n", "*-2\r\n", "$?\r\n", "*x\r\n",
          "#x\r\n", ",one\r\n", "$1\r\nabc", "=3\r\nabc\r\n", "*99999999999999999999\r\n"}) {
        CAPTURE(bytes);
        CHECK(error_of(bytes).starts_with("ERR Protocol error: "));
    }
}

TEST_CASE("damaged replies are read the same in any pieces, or refused", "[resp][fuzz]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string letters = "*$+-:%~>|#,(=!_0123\r\nab";
    for (int round = 0; round < 3000; ++round) {
        std::string bytes = everything.substr(random() % everything.size());
        for (int change = 0; change < 3; ++change) {
            bytes[random() % bytes.size()] = letters[random() % letters.size()];
        }
        CAPTURE(bytes);
        // Not-a-number is not equal to itself, so texts are compared.
        const auto whole = read_at_once(bytes);
        const auto pieces = read_in_pieces(bytes, 1 + random() % 3);
        CHECK(whole.error == pieces.error);
        CHECK(whole.replies.size() == pieces.replies.size());
    }
}
