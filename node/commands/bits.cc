#include "node/commands/bits.h"

#include <bit>
#include <cstring>

namespace grapevine::node::commands {
namespace {

// Eight bytes with bit 0 as the highest one.
std::uint64_t load_word(const char* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return __builtin_bswap64(word);
}

constexpr std::uint64_t word_bits = 64;

}  // namespace

void set_bit(std::span<char> bytes, std::uint64_t bit, bool value) {
    char& byte = bytes[bit / 8];
    const int mask = 1 << (7 - bit % 8);
    byte = static_cast<char>(value ? byte | mask : byte & ~mask);
}

// Bit by bit up to a byte's border, then whole words, then the rest bit by bit.
std::uint64_t count_bits(std::string_view bytes, BitRange range) {
    std::uint64_t count = 0;
    std::uint64_t at = range.begin;
    for (; at < range.end && at % 8 != 0; ++at) count += bit_at(bytes, at) ? 1 : 0;
    for (; at + word_bits <= range.end; at += word_bits) {
        count += static_cast<std::uint64_t>(std::popcount(load_word(bytes.data() + at / 8)));
    }
    for (; at < range.end; ++at) count += bit_at(bytes, at) ? 1 : 0;
    return count;
}

std::optional<std::uint64_t> find_bit(std::string_view bytes, BitRange range, bool value) {
    std::uint64_t at = range.begin;
    for (; at < range.end && at % 8 != 0; ++at) {
        if (bit_at(bytes, at) == value) return at;
    }
    const std::uint64_t nothing = value ? 0 : ~std::uint64_t{0};
    while (at + word_bits <= range.end && load_word(bytes.data() + at / 8) == nothing) {
        at += word_bits;
    }
    for (; at < range.end; ++at) {
        if (bit_at(bytes, at) == value) return at;
    }
    return {};
}

std::uint64_t read_field(std::string_view bytes, std::uint64_t offset, unsigned width) {
    std::uint64_t value = 0;
    for (unsigned bit = 0; bit < width; ++bit) {
        value = value << 1 | (bit_at(bytes, offset + bit) ? 1 : 0);
    }
    return value;
}

void write_field(std::span<char> bytes, std::uint64_t offset, unsigned width, std::uint64_t value) {
    for (unsigned bit = 0; bit < width; ++bit) {
        set_bit(bytes, offset + bit, (value >> (width - 1 - bit) & 1) != 0);
    }
}

}  // namespace grapevine::node::commands
