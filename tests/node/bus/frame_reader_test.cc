#include "node/bus/frame_reader.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"

using namespace grapevine;
using node::bus::FrameReader;

namespace {

std::string frame_of(const gossip::Body& body) {
    gossip::Header header;
    header.sender = *slots::NodeId::parse(std::string(40, 'a'));
    const auto bytes = gossip::encode({header, body});
    return {bytes.begin(), bytes.end()};
}

std::size_t whole_frames(FrameReader& reader) {
    std::size_t count = 0;
    while (true) {
        const auto frame = reader.next();
        REQUIRE(frame);
        if (!*frame) return count;
        ++count;
    }
}

}  // namespace

TEST_CASE("a frame that comes byte by byte is whole with its last byte", "[bus]") {
    const std::string frame = frame_of(gossip::Heartbeat{});
    FrameReader reader(gossip::frame_limit);

    for (std::size_t i = 0; i + 1 < frame.size(); ++i) {
        reader.feed({&frame[i], 1});
        REQUIRE(whole_frames(reader) == 0);
    }
    reader.feed({&frame.back(), 1});

    const auto whole = reader.next();
    REQUIRE(whole);
    REQUIRE(*whole);
    CHECK(std::string((*whole)->begin(), (*whole)->end()) == frame);
    CHECK(whole_frames(reader) == 0);
}

TEST_CASE("frames that come together are taken apart, in order", "[bus]") {
    const std::string heartbeat = frame_of(gossip::Heartbeat{});
    const std::string update = frame_of(gossip::Update{});
    FrameReader reader(gossip::frame_limit);

    reader.feed(heartbeat + update + heartbeat.substr(0, 5));

    CHECK((*reader.next())->size() == heartbeat.size());
    CHECK((*reader.next())->size() == update.size());
    CHECK(whole_frames(reader) == 0);
    reader.feed(heartbeat.substr(5));
    CHECK(whole_frames(reader) == 1);
}

TEST_CASE("what is no bus message is refused at once", "[bus]") {
    FrameReader reader(gossip::frame_limit);

    reader.feed("GET / HTTP/1.1\r\n");

    CHECK_FALSE(reader.next());
}

TEST_CASE("a frame is refused by the length that it claims, before it came", "[bus]") {
    std::string start = frame_of(gossip::Heartbeat{}).substr(0, gossip::frame_prefix);
    const auto claim = [&](std::uint32_t length) {
        for (unsigned i = 0; i < 4; ++i) start[4 + i] = static_cast<char>(length >> (24 - 8 * i));
        FrameReader reader(1u << 20);
        reader.feed(start);
        return static_cast<bool>(reader.next());
    };

    CHECK(claim(gossip::header_size));
    CHECK(claim(1u << 20));
    CHECK_FALSE(claim((1u << 20) + 1));
    CHECK_FALSE(claim(0xffffffff));
    CHECK_FALSE(claim(0));
    CHECK_FALSE(claim(7));
}
