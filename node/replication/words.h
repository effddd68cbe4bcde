// Small pieces of text that both ends of a replication link read and write.
#pragma once

#include <charconv>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::node::replication {

// Nothing unless all of `text` is a decimal number that fits.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

// `word` in upper case, in `buffer`; empty when it does not fit.
std::string_view upper_case(std::string_view word, std::span<char> buffer);
// Without regard to case.
bool same_word(std::string_view a, std::string_view b);

// A request, as a RESP array of bulk strings.
std::string request(std::initializer_list<std::string_view> words);

}  // namespace grapevine::node::replication
