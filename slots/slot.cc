#include "slots/slot.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace grapevine::slots {
namespace {

// tables[n][b]: what byte b does to the checksum when n more bytes follow it in the same step.
using Tables = std::array<std::array<std::uint16_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        auto crc = static_cast<std::uint16_t>(byte << 8);
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (crc & 0x8000u) != 0;
            crc = static_cast<std::uint16_t>(crc << 1);
            if (carry) crc ^= 0x1021;
        }
        tables[0][byte] = crc;
    }
    for (std::size_t step = 1; step < tables.size(); ++step) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint16_t before = tables[step - 1][byte];
            tables[step][byte] = static_cast<std::uint16_t>((before << 8) ^ tables[0][before >> 8]);
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

// Eight bytes a step (slicing): the table look-ups of a step do not wait for each other.
std::uint16_t crc16(std::string_view bytes) {
    std::uint16_t crc = 0;
    auto at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        crc = static_cast<std::uint16_t>(tables[7][at[0] ^ (crc >> 8)] ^
                                         tables[6][at[1] ^ (crc & 0xff)] ^ tables[5][at[2]] ^
                                         tables[4][at[3]] ^ tables[3][at[4]] ^ tables[2][at[5]] ^
                                         tables[1][at[6]] ^ tables[0][at[7]]);
    }
    for (; left > 0; --left, ++at) {
        crc = static_cast<std::uint16_t>((crc << 8) ^ tables[0][(crc >> 8) ^ *at]);
    }
    return crc;
}

std::string_view hash_tag(std::string_view key) {
    const auto open = key.find('{');
    if (open == std::string_view::npos) return key;
    const auto close = key.find('}', open + 1);
    if (close == std::string_view::npos || close == open + 1) return key;
    return key.substr(open + 1, close - open - 1);
}

Slot slot_of(std::string_view key) {
    return Slot{static_cast<std::uint16_t>(crc16(hash_tag(key)) % slot_count)};
}

}  // namespace grapevine::slots
