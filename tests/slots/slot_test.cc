#include "slots/slot.h"

#include <catch2/catch.hpp>
#include <string>

using namespace grapevine::slots;

namespace {

// One bit at a time, straight from the definition.
std::uint16_t slow_crc16(std::string_view bytes) {
    std::uint16_t crc = 0;
    for (const char c : bytes) {
        crc = static_cast<std::uint16_t>(crc ^ (static_cast<unsigned char>(c) << 8));
        for (int bit = 0; bit < 8; ++bit) {
            crc = static_cast<std::uint16_t>((crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0));
        }
    }
    return crc;
}

}  // namespace

TEST_CASE("the checksum is the one of the cluster specification", "[slots]") {
    CHECK(crc16("123456789") == 0x31c3);
    CHECK(crc16("") == 0);
}

TEST_CASE("eight bytes a step give the same checksum as one bit a step", "[slots]") {
    std::string bytes;
    for (int length = 0; length < 70; ++length) {
        CHECK(crc16(bytes) == slow_crc16(bytes));
        bytes.push_back(static_cast<char>(length * 37 + 11));
    }
}

TEST_CASE("keys fall into the slots that redis-cli names for them", "[slots]") {
    CHECK(slot_of("foo").number == 12182);
    CHECK(slot_of("bar").number == 5061);
    CHECK(slot_of("hello").number == 866);
    CHECK(slot_of("").number == 0);
}

TEST_CASE("a hash tag alone decides the slot", "[slots]") {
    CHECK(slot_of("{user1000}.following") == slot_of("{user1000}.followers"));
    CHECK(slot_of("{user1000}.following") == slot_of("user1000"));
    CHECK(hash_tag("foo{bar}{zap}") == "bar");
    CHECK(hash_tag("foo{{bar}}zap") == "{bar");
}

TEST_CASE("without a closed tag or with an empty one the whole key counts", "[slots]") {
    CHECK(hash_tag("foo{}{bar}") == "foo{}{bar}");
    CHECK(hash_tag("foo{bar") == "foo{bar");
    CHECK(hash_tag("foo}bar{") == "foo}bar{");
}
