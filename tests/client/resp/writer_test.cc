#include "client/resp/writer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace grapevine;
using client::resp::Version;
using client::resp::Writer;

namespace {

template <typename Write>
std::string written(Version version, Write write) {
    std::string out;
    Writer writer(out, version);
    write(writer);
    return out;
}

std::string real(Version version, double number) {
    return written(version, [number](Writer& writer) { writer.real(number); });
}

}  // namespace

TEST_CASE("integers are written in decimal at every size", "[resp]") {
    const auto integer = [](std::int64_t number) {
        return written(Version::resp2, [number](Writer& writer) { writer.integer(number); });
    };
    for (std::int64_t number = -1000; number <= 1000; ++number) {
        CHECK(integer(number) == ":" + std::to_string(number) + "\r\n");
    }
    CHECK(integer(std::numeric_limits<std::int64_t>::min()) == ":-9223372036854775808\r\n");
    CHECK(integer(std::numeric_limits<std::int64_t>::max()) == ":9223372036854775807\r\n");
}

TEST_CASE("a bulk string carries its length and any bytes", "[resp]") {
    for (const std::size_t size : {0u, 1u, 9u, 10u, 99u, 100u, 65536u}) {
        const std::string bytes(size, '\n');
        const auto out = written(Version::resp2, [&](Writer& writer) { writer.bulk(bytes); });
        CHECK(out == "$" + std::to_string(size) + "\r\n" + bytes + "\r\n");
    }
}

TEST_CASE("an error stays on one line", "[resp]") {
    const auto out = written(Version::resp2, [](Writer& writer) {
        writer.simple("before");
        writer.error(Error{"ERR one\r\ntwo\nthree"});
    });
    CHECK(out == "+before\r\n-ERR one  two three\r\n");
}

TEST_CASE("RESP2 has simpler words for what only RESP3 can say", "[resp]") {
    const auto everything = [](Writer& writer) {
        writer.null();
        writer.null_array();
        writer.array(3);
        writer.map(3);
        writer.set(3);
        writer.push(3);
        writer.boolean(true);
        writer.boolean(false);
        writer.verbatim("hello");
    };
    CHECK(written(Version::resp2, everything) ==
          "$-1\r\n*-1\r\n*3\r\n*6\r\n*3\r\n*3\r\n:1\r\n:0\r\n$5\r\nhello\r\n");
    CHECK(written(Version::resp3, everything) ==
          "_\r\n_\r\n*3\r\n%3\r\n~3\r\n>3\r\n#t\r\n#f\r\n=9\r\ntxt:hello\r\n");
}

TEST_CASE("a real number is written as the shortest text that reads back the same", "[resp]") {
    CHECK(real(Version::resp3, 0.1) == ",0.1\r\n");
    CHECK(real(Version::resp3, 3) == ",3\r\n");
    CHECK(real(Version::resp3, -0.0) == ",-0\r\n");
    CHECK(real(Version::resp3, 12345678.5) == ",12345678.5\r\n");
    CHECK(real(Version::resp3, 1e300) == ",1e+300\r\n");
    CHECK(real(Version::resp3, 5e-324) == ",5e-324\r\n");
    CHECK(real(Version::resp3, INFINITY) == ",inf\r\n");
    CHECK(real(Version::resp3, -INFINITY) == ",-inf\r\n");
    CHECK(real(Version::resp3, NAN) == ",nan\r\n");
    CHECK(real(Version::resp2, 0.25) == "$4\r\n0.25\r\n");
}
