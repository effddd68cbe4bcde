#include "node/store/checksum.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace grapevine::node::store {
namespace {

constexpr std::uint64_t reflected_polynomial = 0x95ac'9329'ac4b'c9b5;

// tables[n][b]: what byte b does to the checksum when n more bytes follow it in the same step.
using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        std::uint64_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
        tables[0][byte] = crc;
    }
    for (std::size_t step = 1; step < tables.size(); ++step) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint64_t before = tables[step - 1][byte];
            tables[step][byte] = before >> 8 ^ tables[0][before & 0xff];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

// Eight bytes a step (slicing): the table look-ups of a step do not wait for each other.
std::uint64_t crc64(std::uint64_t crc, std::string_view bytes) {
    auto at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        word ^= crc;
        crc = 0;
        for (std::size_t byte = 0; byte < 8; ++byte)
            crc ^= tables[7 - byte][word >> (8 * byte) & 0xff];
    }
    for (; left > 0; --left, ++at) crc = crc >> 8 ^ tables[0][(crc ^ *at) & 0xff];
    return crc;
}

}  // namespace grapevine::node::store
