// Reading and writing fields at known places of a frame.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "slots/check.h"

namespace grapevine::gossip {

using Bytes = std::span<const std::uint8_t>;

// Big-endian. `at` and the field lie inside `bytes`: the caller has looked at the length.
template <typename Number>
Number read_number(Bytes bytes, std::size_t at) {
    GRAPEVINE_CHECK(at + sizeof(Number) <= bytes.size(), "a field lies inside its frame");
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        number = static_cast<Number>((number << 8) | bytes[at + i]);
    }
    return number;
}

template <>
inline std::uint8_t read_number(Bytes bytes, std::size_t at) {
    GRAPEVINE_CHECK(at < bytes.size(), "a field lies inside its frame");
    return bytes[at];
}

template <typename Number>
void write_number(std::span<std::uint8_t> bytes, std::size_t at, Number number) {
    GRAPEVINE_CHECK(at + sizeof(Number) <= bytes.size(), "a field lies inside its frame");
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * (sizeof(Number) - 1 - i)));
    }
}

// Up to the first zero byte.
inline std::string read_text(Bytes bytes, std::size_t at, std::size_t size) {
    const Bytes field = bytes.subspan(at, size);
    const auto* text = reinterpret_cast<const char*>(field.data());
    return {text, strnlen(text, size)};
}

// Cut so that a zero byte follows; the rest of the field stays as it is.
inline void write_text(std::span<std::uint8_t> bytes, std::size_t at, std::size_t size,
                       std::string_view text) {
    const std::string_view cut = text.substr(0, size - 1);
    std::memcpy(bytes.subspan(at, size).data(), cut.data(), cut.size());
}

// None when the field does not hold a name.
template <typename Id>
Id read_id(Bytes bytes, std::size_t at) {
    const auto* text = reinterpret_cast<const char*>(bytes.subspan(at, Id::size).data());
    return Id::parse({text, Id::size}).value_or(Id{});
}

template <typename Id>
void write_id(std::span<std::uint8_t> bytes, std::size_t at, const Id& id) {
    id.text().copy(reinterpret_cast<char*>(bytes.subspan(at, Id::size).data()), Id::size);
}

}  // namespace grapevine::gossip
