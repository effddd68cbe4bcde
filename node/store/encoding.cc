#include "node/store/encoding.h"

#include <bit>
#include <limits>

#include "node/store/lzf.h"
#include "node/store/number.h"

namespace grapevine::node::store {
namespace {

// The first byte's upper two bits say how a length is written; its lower six are part of it.
constexpr std::uint8_t length_14_bits = 0x40;
constexpr std::uint8_t length_32_bits = 0x80;
constexpr std::uint8_t length_64_bits = 0x81;
constexpr std::uint8_t special_encoding = 0xc0;
enum Encoding : std::uint8_t { int8 = 0, int16 = 1, int32 = 2, compressed = 3 };

constexpr std::uint64_t longest_string = std::numeric_limits<std::uint32_t>::max();

void append_big_endian(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(number >> shift));
}

template <typename Integer>
bool append_if_fits(std::string& out, Encoding encoding, std::int64_t number) {
    if (number < std::numeric_limits<Integer>::min() ||
        number > std::numeric_limits<Integer>::max())
        return false;
    out.push_back(static_cast<char>(special_encoding | encoding));
    append_little_endian(out, static_cast<Integer>(number));
    return true;
}

}  // namespace

void append_length(std::string& out, std::uint64_t length) {
    if (length < 1u << 6) {
        out.push_back(static_cast<char>(length));
    } else if (length < 1u << 14) {
        append_big_endian(out, length | length_14_bits << 8, 2);
    } else if (length <= std::numeric_limits<std::uint32_t>::max()) {
        out.push_back(static_cast<char>(length_32_bits));
        append_big_endian(out, length, 4);
    } else {
        out.push_back(static_cast<char>(length_64_bits));
        append_big_endian(out, length, 8);
    }
}

void append_string(std::string& out, std::string_view text) {
    constexpr std::size_t longest_int32 = 11;
    if (text.size() <= longest_int32) {
        const auto number = parse_integer(text);
        if (number && (append_if_fits<std::int8_t>(out, int8, *number) ||
                       append_if_fits<std::int16_t>(out, int16, *number) ||
                       append_if_fits<std::int32_t>(out, int32, *number))) {
            return;
        }
    }
    append_length(out, text.size());
    out.append(text);
}

std::uint8_t Decoder::byte() {
    const auto taken = take(1);
    return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
}

std::uint64_t Decoder::little_endian(std::size_t bytes) {
    std::uint64_t number = 0;
    int shift = 0;
    for (const char c : take(bytes)) {
        number |= std::uint64_t{static_cast<std::uint8_t>(c)} << shift;
        shift += 8;
    }
    return number;
}

std::uint64_t Decoder::big_endian(std::size_t bytes) {
    std::uint64_t number = 0;
    for (const char c : take(bytes)) number = number << 8 | static_cast<std::uint8_t>(c);
    return number;
}

std::uint64_t Decoder::length() {
    bool special = false;
    const std::uint64_t length = length_or_encoding(special);
    if (special) state_ = State::wrong;
    return special ? 0 : length;
}

std::string Decoder::string() {
    bool special = false;
    const std::uint64_t length = length_or_encoding(special);
    if (!special) {
        if (length > longest_string) state_ = State::wrong;
        return std::string(take(length));
    }
    switch (length) {
        case int8:
            return number_text(1);
        case int16:
            return number_text(2);
        case int32:
            return number_text(4);
        case compressed:
            return decompressed();
        default:
            state_ = State::wrong;
            return {};
    }
}

std::string_view Decoder::take(std::uint64_t size) {
    if (!fine()) return {};
    if (size > bytes_.size() - at_) {
        state_ = State::incomplete;
        return {};
    }
    const auto taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
}

std::uint64_t Decoder::length_or_encoding(bool& special) {
    const std::uint8_t first = byte();
    switch (first & special_encoding) {
        case 0:
            return first;
        case length_14_bits:
            return std::uint64_t{first & 0x3fu} << 8 | byte();
        case special_encoding:
            special = true;
            return first & 0x3f;
        default:
            break;
    }
    if (first == length_32_bits) return big_endian(4);
    if (first == length_64_bits) return big_endian(8);
    state_ = State::wrong;
    return 0;
}

std::string Decoder::number_text(std::size_t bytes) {
    const int unused_bits = 64 - 8 * static_cast<int>(bytes);
    const auto number =
        static_cast<std::int64_t>(little_endian(bytes) << unused_bits) >> unused_bits;
    return fine() ? std::to_string(number) : std::string();
}

std::string Decoder::decompressed() {
    const std::uint64_t compressed_size = length();
    const std::uint64_t size = length();
    if (fine() && (compressed_size > longest_string || size > longest_string))
        state_ = State::wrong;
    const auto bytes = take(compressed_size);
    if (!fine()) return {};
    auto text = lzf_decompress(bytes, size);
    if (!text) state_ = State::wrong;
    return text ? *std::move(text) : std::string();
}

}  // namespace grapevine::node::store
