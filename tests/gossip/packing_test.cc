// Frames that are sent as what differs from the one before.
#include "gossip/packing.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"
#include "gossip/random.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

using Frame = std::vector<std::uint8_t>;

Frame heartbeat(std::uint64_t offset) {
    Header header;
    header.sender = *NodeId::parse(std::string(40, 'a'));
    header.offset = offset;
    header.slots.insert({{100}, {9'000}});
    return encode({header, Heartbeat{}});
}

Frame published(std::size_t size) {
    Header header;
    header.sender = *NodeId::parse(std::string(40, 'a'));
    Random random(size);
    std::string payload(size, ' ');
    for (char& c : payload) c = static_cast<char>(random.below(256));
    return encode({header, Publish{"news", payload, false}});
}

std::size_t length_of(const Frame& frame) {
    const auto length = received_length(frame);
    REQUIRE(length);
    return length->value_or(0);
}

// Both ends of one direction.
struct Wire {
    Packer packer;
    Unpacker unpacker;

    // How many bytes it took.
    std::size_t pass(const Frame& frame, bool peer_reads_packed = true) {
        const Frame sent = packer.pack(frame, peer_reads_packed);
        CHECK(length_of(sent) == sent.size());
        const auto back = unpacker.unpack(sent);
        REQUIRE(back);
        CHECK(*back == frame);
        return sent.size();
    }
};

}  // namespace

TEST_CASE("a heartbeat that says the same again takes few bytes", "[gossip][packing]") {
    Wire wire;

    CHECK(wire.pass(heartbeat(1), false) == heartbeat(1).size());
    CHECK(wire.pass(heartbeat(2)) < 48);
    CHECK(wire.pass(heartbeat(0xfedcba9876543210)) < 56);
}

TEST_CASE("the first frame of a connection has nothing to differ from", "[gossip][packing]") {
    Wire wire;

    CHECK(wire.pass(heartbeat(1)) < heartbeat(1).size());
    CHECK(wire.pass(heartbeat(2)) < 48);
}

TEST_CASE("frames that do not become shorter, or are long, go as they are", "[gossip][packing]") {
    Wire wire;
    wire.pass(heartbeat(1));

    CHECK(wire.pass(published(60'000)) < published(60'000).size());  // Its header does.
    CHECK(wire.pass(published(packed_limit)) == published(packed_limit).size());
    CHECK(wire.pass(heartbeat(2)) < 256);
    CHECK(wire.pass(published(0)) < 128);
    CHECK(wire.pass(heartbeat(2)) < 128);
}

TEST_CASE("what was packed against another frame is refused or is another frame",
          "[gossip][packing]") {
    Wire wire;
    wire.pass(heartbeat(1));
    const Frame packed = wire.packer.pack(heartbeat(2), true);

    Unpacker fresh;
    CHECK_FALSE(fresh.unpack(packed));
}

TEST_CASE("a packed frame that lies about its lengths is refused", "[gossip][packing]") {
    Wire wire;
    wire.pass(heartbeat(1));
    const Frame packed = wire.packer.pack(heartbeat(2), true);
    const auto with = [&](std::size_t at, std::uint8_t byte) {
        Frame changed = packed;
        changed[at] = byte;
        return changed;
    };

    CHECK_FALSE(received_length(with(5, 0xff)));                 // Its own: too long,
    CHECK_FALSE(received_length(with(7, 11)));                   // too short.
    CHECK_FALSE(Unpacker(wire.unpacker).unpack(with(9, 0xff)));  // The frame's: too long,
    CHECK_FALSE(Unpacker(wire.unpacker).unpack(with(10, 0)));    // too short,
    CHECK_FALSE(Unpacker(wire.unpacker).unpack(with(11, 0)));    // not what comes out.
    CHECK_FALSE(Unpacker(wire.unpacker).unpack(std::span(packed).first(packed_header_size)));
    CHECK_FALSE(Unpacker(wire.unpacker).unpack(std::span(packed).first(9)));
    CHECK(Unpacker(wire.unpacker).unpack(packed));
}

TEST_CASE("any byte of a packed frame may be another", "[gossip][packing]") {
    Wire wire;
    wire.pass(heartbeat(1));
    const Frame packed = wire.packer.pack(heartbeat(2), true);
    Random random(20261128);
    for (int i = 0; i < 20'000; ++i) {
        Frame changed = packed;
        for (std::size_t n = 1 + random.below(3); n > 0; --n) {
            changed[random.below(changed.size())] = static_cast<std::uint8_t>(random.below(256));
        }
        const auto frame = Unpacker(wire.unpacker).unpack(changed);
        if (frame) CHECK(length_of(*frame) == frame->size());
    }
}
