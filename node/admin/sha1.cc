#include "node/admin/sha1.h"

#include <bit>
#include <string>

namespace grapevine::node::admin {
namespace {

constexpr std::size_t block_size = 64;
using State = std::array<std::uint32_t, 5>;

std::uint32_t big_endian(const char* bytes) {
    std::uint32_t word = 0;
    for (int i = 0; i < 4; ++i) word = word << 8 | static_cast<std::uint8_t>(bytes[i]);
    return word;
}

// One of 80 rounds: its function of three words, with its constant.
std::uint32_t mixed(std::size_t round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    switch (round / 20) {
        case 0:
            return ((b & c) | (~b & d)) + 0x5a827999;
        case 1:
            return (b ^ c ^ d) + 0x6ed9eba1;
        case 2:
            return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
        default:
            return (b ^ c ^ d) + 0xca62c1d6;
    }
}

void take_block(State& state, const char* block) {
    std::array<std::uint32_t, 80> words{};
    for (std::size_t i = 0; i < 16; ++i) words[i] = big_endian(block + 4 * i);
    for (std::size_t i = 16; i < words.size(); ++i) {
        words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::uint32_t next = std::rotl(a, 5) + mixed(i, b, c, d) + e + words[i];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

// The rest of the bytes, a one bit, zeros and the length in bits: whole blocks.
std::string padded(std::string_view rest, std::uint64_t length) {
    std::string tail(rest);
    tail += '\x80';
    while (tail.size() % block_size != block_size - 8) tail += '\0';
    for (int shift = 56; shift >= 0; shift -= 8) tail += static_cast<char>(length * 8 >> shift);
    return tail;
}

}  // namespace

Sha1 sha1(std::string_view bytes) {
    State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const std::size_t whole = bytes.size() / block_size * block_size;
    for (std::size_t at = 0; at < whole; at += block_size) take_block(state, bytes.data() + at);
    const std::string tail = padded(bytes.substr(whole), bytes.size());
    for (std::size_t at = 0; at < tail.size(); at += block_size)
        take_block(state, tail.data() + at);
    Sha1 digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
}

}  // namespace grapevine::node::admin
