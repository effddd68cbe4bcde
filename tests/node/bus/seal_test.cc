#include "node/bus/seal.h"

#include <catch2/catch.hpp>
#include <string>

using namespace grapevine::node;

namespace {

std::string hex(bus::Bytes bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace

// Computed by Python's hashlib.blake2b: what one release has sealed, the next one must believe.
TEST_CASE("keys and codes are the same on every machine and in every release", "[bus]") {
    const bus::Key key("0123456789abcdef0123456789abcdef");
    const std::vector<std::uint8_t> purpose{1, 2, 3};
    const bus::SessionKey session = key.derive(purpose);
    const std::vector<std::uint8_t> frame(2256, 7);

    CHECK(hex(key.id()) == "3c45d0e47245eec6");
    CHECK(hex(session) == "1a466d4f53e66c259cff7339ac59bad8fd57146d4fd5ec5367bf7dcc2e0394d5");
    CHECK(hex(bus::code_of(frame, session)) == "1275ef8ecfc9d060f802d60b91276815");
}

TEST_CASE("a nonce is never the same twice", "[bus]") {
    CHECK(bus::fresh_nonce() != bus::fresh_nonce());
}

TEST_CASE("codes are equal or they are not", "[bus]") {
    bus::Code one{1, 2, 3};
    bus::Code other = one;
    CHECK(bus::equal(one, other));
    other.back() ^= 1;
    CHECK_FALSE(bus::equal(one, other));
    CHECK_FALSE(bus::equal(one, bus::Bytes(one).first(3)));
}
