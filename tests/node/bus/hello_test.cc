#include "node/bus/hello.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"

using namespace grapevine;
using namespace grapevine::node;

namespace {

bus::Hello some_hello() {
    bus::Hello hello;
    for (std::size_t i = 0; i < hello.nonce.size(); ++i) {
        hello.nonce[i] = static_cast<std::uint8_t>(i);
    }
    hello.accepted = {bus::KeyId{1, 2, 3}, bus::KeyId{4, 5, 6}};
    return hello;
}

}  // namespace

TEST_CASE("a hello is a frame of the bus, and comes back from it", "[bus]") {
    const bus::Frame frame = bus::to_frame(some_hello());

    CHECK(**gossip::frame_length(frame) == frame.size());
    CHECK(bus::read_hello(frame) == some_hello());
}

TEST_CASE("other frames are no hellos", "[bus]") {
    gossip::Header header;
    header.sender = *slots::NodeId::parse(std::string(40, 'a'));
    header.capabilities = gossip::knows_grapevine;
    const auto heartbeat = gossip::encode({header, gossip::Heartbeat{}});
    const auto of_a_module =
        gossip::encode({header, gossip::Other{9, std::vector<std::uint8_t>(61)}});

    CHECK_FALSE(bus::read_hello(heartbeat));
    CHECK_FALSE(bus::read_hello(of_a_module));
    bus::Frame longer = bus::to_frame(some_hello());
    longer.push_back(0);
    CHECK_FALSE(bus::read_hello(longer));
}
