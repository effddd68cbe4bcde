#include "node/persistence/spool.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::persistence;

namespace {

std::string read_all(Spool::Reader& reader) {
    std::string read;
    while (true) {
        const auto piece = reader.next();
        REQUIRE(piece);
        if (piece->empty()) return read;
        const auto some = piece->substr(0, 1000);
        read += some;
        reader.advance(some.size());
    }
}

std::string numbered(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += std::to_string(text.size()) + ' ';
    return text;
}

}  // namespace

TEST_CASE("each reader of a spool gets all bytes, however late it reads", "[persistence]") {
    Spool spool(100'000, "/tmp");
    Spool::Reader quick(spool);
    Spool::Reader slow(spool);
    const auto text = numbered(1'000'000);
    std::string read;

    for (std::size_t at = 0; at < text.size(); at += 30'000) {
        REQUIRE(spool.append(text.substr(at, 30'000)));
        read += read_all(quick);
    }
    CHECK_FALSE(quick.at_end());
    spool.finish();

    CHECK(read == text);
    CHECK(quick.at_end());
    CHECK_FALSE(slow.at_end());
    CHECK(read_all(slow) == text);
    CHECK(slow.at_end());
    CHECK(spool.size() == text.size());
}

TEST_CASE("a spool that may not write its file says so", "[persistence]") {
    Spool spool(10, "/nowhere");
    Spool::Reader reader(spool);

    CHECK(spool.append("short"));
    CHECK(spool.append("far too much to keep").error().text.find("/nowhere") != std::string::npos);
}
