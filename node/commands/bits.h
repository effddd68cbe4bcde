// Bits of a string. Bit 0 is the highest bit of the first byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace grapevine::node::commands {

inline bool bit_at(std::string_view bytes, std::uint64_t bit) {  // Bits behind the end are 0.
    const auto byte = bit / 8;
    if (byte >= bytes.size()) return false;
    return (static_cast<unsigned char>(bytes[byte]) >> (7 - bit % 8) & 1) != 0;
}

// `bit` must lie within `bytes`.
void set_bit(std::span<char> bytes, std::uint64_t bit, bool value);

// From bit `begin` up to, not including, bit `end`; both within the string.
struct BitRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::uint64_t count_bits(std::string_view bytes, BitRange range);
std::optional<std::uint64_t> find_bit(std::string_view bytes, BitRange range, bool value);

// The `width` bits (1 to 64) from bit `offset` on as a number; bits behind the end are 0.
std::uint64_t read_field(std::string_view bytes, std::uint64_t offset, unsigned width);
// `bytes` must reach behind the field.
void write_field(std::span<char> bytes, std::uint64_t offset, unsigned width, std::uint64_t value);

}  // namespace grapevine::node::commands
