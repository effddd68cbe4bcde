#include "node/journal/backlog.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::journal;

namespace {

// Everything between the reader's place and the end.
std::string read_all(Backlog::Reader& reader) {
    std::string read;
    for (auto piece = reader.next(); !piece.empty(); piece = reader.next()) {
        read += piece;
        reader.advance(piece.size());
    }
    return read;
}

std::string numbered(std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>('a' + i % 23);
    return text;
}

}  // namespace

TEST_CASE("a reader of the backlog gets every byte once, in order", "[journal]") {
    Backlog backlog(1 << 20);
    Backlog::Reader reader(backlog, 0);
    const std::string text = numbered(300'000);

    for (std::size_t at = 0; at < text.size(); at += 1000) backlog.append(text.substr(at, 1000));

    CHECK(read_all(reader) == text);
    CHECK(reader.position() == backlog.end());
    CHECK(reader.unread() == 0);
}

TEST_CASE("a reader may start wherever the backlog still holds bytes", "[journal]") {
    Backlog backlog(1 << 20);
    const std::string text = numbered(200'000);
    backlog.append(text);

    Backlog::Reader reader(backlog, 150'001);

    CHECK(read_all(reader) == text.substr(150'001));
}

TEST_CASE("the backlog drops what is old and nobody needs", "[journal]") {
    Backlog backlog(100'000);

    backlog.append(numbered(1'000'000));

    CHECK(backlog.end() == 1'000'000);
    CHECK(backlog.end() - backlog.begin() >= 100'000);
    CHECK(backlog.end() - backlog.begin() < 200'000);
    CHECK(backlog.holds(950'000));
    CHECK_FALSE(backlog.holds(10));
    CHECK_FALSE(backlog.holds(1'000'001));
}

TEST_CASE("the backlog keeps what its slowest reader has not read", "[journal]") {
    Backlog backlog(1000);
    {
        Backlog::Reader slow(backlog, 0);
        Backlog::Reader fast(backlog, 0);
        backlog.append(numbered(500'000));
        read_all(fast);
        CHECK(backlog.begin() == 0);
        CHECK(slow.unread() == 500'000);
    }

    CHECK(backlog.begin() > 400'000);
}

TEST_CASE("a backlog that starts anew goes on from the given offset", "[journal]") {
    Backlog backlog(1000);
    backlog.append("old bytes");

    backlog.restart(5000);
    backlog.append("new");

    CHECK(backlog.begin() == 5000);
    CHECK(backlog.end() == 5003);
    Backlog::Reader reader(backlog, 5001);
    CHECK(reader.next() == "ew");
}
