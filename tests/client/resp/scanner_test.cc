#include "client/resp/scanner.h"

#include <catch2/catch.hpp>
#include <grapevine/value.h>

#include "client/resp/reply.h"

using namespace grapevine;
using client::Reply;
using client::Value;
using client::resp::ReplyReader;
using client::resp::ReplyScanner;
using Kind = Reply::Kind;

namespace {

// One of each kind, and each inside another.
const std::vector<std::string> corpus = {
    "+OK\r\n",
    "-ERR no\r\n",
    ":-42\r\n",
    "$5\r\na\r\nbc\r\n",
    "$0\r\n\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "_\r\n",
    "#t\r\n",
    ",-inf\r\n",
    "(123456789012345678901234567890\r\n",
    "=7\r\ntxt:abc\r\n",
    "!5\r\nERR x\r\n",
    "*0\r\n",
    "*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n~1\r\n:2\r\n",
    "%1\r\n+key\r\n*1\r\n:3\r\n",
    ">2\r\n+message\r\n$5\r\nhello\r\n",
    "|1\r\n+ttl\r\n:9\r\n*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:5\r\n|0\r\n:6\r\n",
};

// Bytes whose memory ends where they end, so that a sanitizer sees who reads on.
std::vector<char> exactly(std::string_view bytes) {
    std::vector<char> copy(bytes.begin(), bytes.end());
    copy.shrink_to_fit();
    return copy;
}

std::size_t scan(ReplyScanner& scanner, std::string_view bytes) {
    const auto copy = exactly(bytes);
    const auto size = scanner.scan({copy.data(), copy.size()});
    REQUIRE(size);
    return *size;
}

Value read_whole(const std::string& bytes) {
    const auto copy = exactly(bytes);
    return Value(Reply(std::string_view(copy.data(), copy.size())));
}

std::string error_of(std::string_view bytes) {
    ReplyScanner scanner;
    const auto size = scanner.scan(bytes);
    return size ? std::string{} : size.error().text;
}

}  // namespace

TEST_CASE("a reply is found at its end and not before, however it is cut", "[resp]") {
    for (const std::string& bytes : corpus) {
        CAPTURE(bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            ReplyScanner scanner;
            CHECK(scan(scanner, std::string_view(bytes).substr(0, cut)) == 0);
            CHECK(scanner.needed() > cut);
            CHECK(scanner.needed() <= bytes.size());
            CHECK(scan(scanner, bytes + "+next\r\n") == bytes.size());
            CHECK(scan(scanner, "+next\r\n") == 7);
        }
    }
}

TEST_CASE("a reply that is cut twice is found as well", "[resp]") {
    for (const std::string& bytes : corpus) {
        for (std::size_t first = 0; first < bytes.size(); ++first) {
            for (std::size_t second = first; second < bytes.size(); ++second) {
                ReplyScanner scanner;
                CHECK(scan(scanner, std::string_view(bytes).substr(0, first)) == 0);
                CHECK(scan(scanner, std::string_view(bytes).substr(0, second)) == 0);
                CHECK(scan(scanner, bytes) == bytes.size());
            }
        }
    }
}

TEST_CASE("the view says what the reader says, and how long a reply is", "[resp]") {
    for (const std::string& bytes : corpus) {
        CAPTURE(bytes);
        ReplyReader reader;
        REQUIRE(reader.read(bytes));
        CHECK(read_whole(bytes) == reader.value());
        CHECK(Reply::extent(bytes + "+next\r\n") == bytes.size());
    }
}

TEST_CASE("the view walks through elements whose attributes it leaves out", "[resp]") {
    const Reply reply(corpus.back());
    REQUIRE(reply.kind() == Kind::array);
    std::vector<std::int64_t> numbers;
    for (const Reply element : reply.elements()) numbers.push_back(element.integer());
    CHECK(numbers == std::vector<std::int64_t>{5, 6});
}

TEST_CASE("an attribute of nothing is refused: a reply would have to follow it", "[resp]") {
    CHECK(error_of("|-1\r\n") == "ERR Protocol error: invalid length '-1' in a reply");
}

TEST_CASE("attribute after attribute does not use up the stack", "[resp]") {
    std::string bytes;
    for (int i = 0; i < 1'000'000; ++i) bytes += "|0\r\n";
    bytes += ":7\r\n";
    ReplyScanner scanner;
    REQUIRE(scan(scanner, bytes) == bytes.size());
    CHECK(Reply::extent(bytes) == bytes.size());
    CHECK(Reply(bytes).integer() == 7);
}

TEST_CASE("a line is too long whether it comes at once or in pieces", "[resp]") {
    const std::string line(70'000, 'x');
    CHECK(error_of("+" + line) == "ERR Protocol error: a line of a reply is too long");
    CHECK(error_of("+" + line + "\r\n") == "ERR Protocol error: a line of a reply is too long");
}
