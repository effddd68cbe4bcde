#include "client/resp/request.h"

#include <catch2/catch.hpp>
#include <random>

using namespace grapevine;
using client::resp::RequestLimits;
using client::resp::RequestReader;

namespace {

using Words = std::vector<std::string>;

std::string encoded(const Words& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words) {
        out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return out;
}

Words words_of(const RequestReader& reader) {
    return {reader.args().begin(), reader.args().end()};
}

// What a session does: bytes arrive in pieces, the buffer moves, complete requests are taken off.
struct Outcome {
    std::vector<Words> requests;
    std::string error;
    bool operator==(const Outcome&) const = default;
};

Outcome read_in_pieces(std::string_view bytes, std::size_t piece, RequestLimits limits = {}) {
    Outcome outcome;
    RequestReader reader(limits);
    std::string buffer;
    while (!bytes.empty()) {
        buffer =
            std::string(buffer).append(bytes.substr(0, piece));  // At another address each time.
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (;;) {
            const auto size = reader.read(buffer);
            if (!size) {
                outcome.error = size.error().text;
                return outcome;
            }
            if (*size == 0) break;
            outcome.requests.push_back(words_of(reader));
            buffer.erase(0, *size);
        }
    }
    return outcome;
}

Outcome read_at_once(std::string_view bytes, RequestLimits limits = {}) {
    return read_in_pieces(bytes, bytes.size(), limits);
}

std::string error_of(std::string_view bytes, RequestLimits limits = {}) {
    return read_at_once(bytes, limits).error;
}

Words typed(std::string_view line) {
    const auto outcome = read_at_once(std::string(line) + "\r\n");
    return outcome.requests.empty() ? Words{outcome.error} : outcome.requests.front();
}

}  // namespace

TEST_CASE("requests are found one after the other in one buffer", "[resp]") {
    const std::string bytes =
        encoded({"SET", "key", ""}) + "PING\r\n\r\n" + encoded({"GET", "key"});

    const Outcome outcome = read_at_once(bytes);

    CHECK(outcome.error.empty());
    CHECK(outcome.requests == std::vector<Words>{{"SET", "key", ""}, {"PING"}, {}, {"GET", "key"}});
}

TEST_CASE("a request is the same however the network cuts it", "[resp]") {
    const std::string bytes = encoded({"SET", "k\r\n", std::string(300, '$')}) +
                              "set 'a b' \"\\x00\"\n" + "*0\r\n*-1\r\n" +
                              encoded({"GET", "", "*1\r\n"});
    const Outcome whole = read_at_once(bytes);
    REQUIRE(whole.requests.size() == 5);

    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
        CHECK(read_in_pieces(bytes, piece) == whole);
    }
}

TEST_CASE("the arguments of an array are views into the buffer", "[resp]") {
    const std::string bytes = encoded({"GET", "key"});
    RequestReader reader;

    REQUIRE(*reader.read(bytes) == bytes.size());

    CHECK(reader.args()[1].data() == bytes.data() + bytes.find("key"));
}

TEST_CASE("the reader says how many bytes a large argument still needs", "[resp]") {
    const std::string start = "*2\r\n$3\r\nGET\r\n$1000000\r\nabc";
    RequestReader reader;

    REQUIRE(*reader.read(start) == 0);

    CHECK(reader.needed() == start.size() - 3 + 1000000 + 2);
}

TEST_CASE("a line is split at blanks and unquoted", "[resp]") {
    CHECK(typed("  SET\tkey \v value ") == Words{"SET", "key", "value"});
    CHECK(typed("echo \"a\\x41\\n b\"") == Words{"echo", "aA\n b"});
    CHECK(typed("echo 'a\\'b' 'a\\nb'") == Words{"echo", "a'b", "a\\nb"});
    CHECK(typed("echo a\"b\" \"\"") == Words{"echo", "ab", ""});
    CHECK(typed("echo \"\\a\\b\\t\\r\\q\\xzz\"") == Words{"echo", "\a\b\t\rqxzz"});
    const Words unbalanced{"ERR Protocol error: unbalanced quotes in request"};
    CHECK(typed("echo \"a") == unbalanced);
    CHECK(typed("echo \"a\"b") == unbalanced);
    CHECK(typed("echo 'a\\'") == unbalanced);
}

TEST_CASE("what is no request is refused in the words that clients know", "[resp]") {
    const std::string count = "ERR Protocol error: invalid multibulk length";
    for (const auto* bytes : {"*x\r\n", "*\r\n", "*01\r\n", "*+1\r\n", "*1 \r\n", "*1048577\r\n",
                              "*9999999999999999999999\r\n"}) {
        CHECK(error_of(bytes) == count);
    }
    const std::string length = "ERR Protocol error: invalid bulk length";
    for (const auto* bytes : {"*1\r\n$x\r\n", "*1\r\n$\r\n", "*1\r\n$-1\r\n", "*1\r\n$ 4\r\n",
                              "*1\r\n$536870913\r\n", "*1\r\n$18446744073709551617\r\n"}) {
        CHECK(error_of(bytes) == length);
    }
    CHECK(error_of("*1\r\n+PING\r\n") == "ERR Protocol error: expected '$', got '+'");
    const std::string endless(70000, '1');
    CHECK(error_of("*" + endless) == "ERR Protocol error: too big mbulk count string");
    CHECK(error_of("*1\r\n$" + endless) == "ERR Protocol error: too big bulk count string");
    CHECK(error_of(endless) == "ERR Protocol error: too big inline request");
}

TEST_CASE("who has not authenticated may send little", "[resp]") {
    const RequestLimits stranger{.authenticated = false};
    CHECK(error_of("*11\r\n", stranger) == "ERR Protocol error: unauthenticated multibulk length");
    CHECK(error_of("*1\r\n$16385\r\n", stranger) ==
          "ERR Protocol error: unauthenticated bulk length");
    CHECK(error_of("*10\r\n$16384\r\n", stranger).empty());
}

TEST_CASE("a claimed length costs no memory until its bytes arrive", "[resp]") {
    RequestReader reader;
    REQUIRE(*reader.read("*1048576\r\n$536870912\r\n") == 0);
    CHECK(reader.args().empty());
}

TEST_CASE("random bytes are read the same in any pieces", "[resp][fuzz]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> parts = {"*",
                                            "$",
                                            "1",
                                            "2",
                                            "3",
                                            "\r\n",
                                            "\n",
                                            "PING",
                                            "\"",
                                            "'",
                                            "\\",
                                            " ",
                                            "-",
                                            std::string(1, '\0'),
                                            "*1\r\n",
                                            "$4\r\n",
                                            "*2\r\n$3\r\nGET\r\n",
                                            "x"};
    for (int round = 0; round < 3000; ++round) {
        std::string bytes;
        for (auto left = random() % 20; left > 0; --left) bytes += parts[random() % parts.size()];
        CAPTURE(bytes);
        if (bytes.empty()) continue;
        CHECK(read_in_pieces(bytes, 1 + random() % 3) == read_at_once(bytes));
    }
}
