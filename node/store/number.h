// Integers as strings hold them: one text for each number, so that text and number can stand for
// each other.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace grapevine::node::store {

// Nothing unless `text` is exactly what to_string() would print: no blank, '+', "-0" or leading
// zero.
inline std::optional<std::int64_t> parse_integer(std::string_view text) {
    const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.starts_with('0') && text.size() > 1) return {};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

}  // namespace grapevine::node::store
