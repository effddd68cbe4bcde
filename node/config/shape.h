// What a directive's value may look like, whichever field it goes to.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "slots/result.h"

namespace grapevine::node::config {

inline constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t long_max = std::numeric_limits<std::int64_t>::max();

using Words = std::span<const std::string>;

enum class Kind : std::uint8_t {
    yes_no,
    number,   // Decimal, within the limits.
    octal,    // Mode bits.
    bytes,    // With an optional unit: 1kb is 1024, 1k is 1000; m, mb, g, gb alike.
    choice,   // One of a few words, in any case.
    text,     // One word; anything goes unless `check` objects.
    several,  // Several words; likewise.
};

struct Shape {
    Kind kind = Kind::text;
    std::int64_t least = 0;  // Limits of numbers and bytes, both inclusive.
    std::int64_t most = 0;
    std::string_view choices = {};  // "debug verbose notice warning": in the order of the enum.
    // Objects by answering an error. May be absent.
    Result<void> (*check)(Words words) = nullptr;
};

constexpr Shape yes_no() {
    return {.kind = Kind::yes_no};
}
constexpr Shape number(std::int64_t least, std::int64_t most) {
    return {.kind = Kind::number, .least = least, .most = most};
}
constexpr Shape octal(std::int64_t most) {
    return {.kind = Kind::octal, .most = most};
}
constexpr Shape bytes(std::int64_t least = 0) {
    return {.kind = Kind::bytes, .least = least, .most = long_max};
}
constexpr Shape choice(std::string_view choices) {
    return {.kind = Kind::choice, .choices = choices};
}
constexpr Shape text(Result<void> (*check)(Words) = nullptr) {
    return {.kind = Kind::text, .check = check};
}
constexpr Shape several(Result<void> (*check)(Words) = nullptr) {
    return {.kind = Kind::several, .check = check};
}

// The value in the form in which CONFIG GET prints it ("1kb" -> "1024", "YES" -> "yes").
// Errors are worded as redis-server 7.0 words them, without a code: "argument must be 'yes' or
// 'no'".
Result<std::string> canonical(const Shape& shape, Words words);

// A decimal number and nothing else.
std::optional<std::int64_t> parse_number(std::string_view text);
// "100", "64mb": bytes. Nothing for signs, fractions, unknown units and what exceeds 63 bits.
std::optional<std::int64_t> parse_bytes(std::string_view text);

// Positions and words of "upstart systemd auto no". Nothing when it is not among them.
std::optional<std::size_t> position_of(std::string_view word, std::string_view choices);
std::string_view word_at(std::size_t position, std::string_view choices);

std::string lower_case(std::string_view text);
std::string joined(Words words, std::string_view between = " ");

}  // namespace grapevine::node::config
