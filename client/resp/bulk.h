// What most replies are: one string of a given length.
#pragma once

#include <cstddef>
#include <string_view>

namespace grapevine::client::resp {

struct Bulk {
    std::size_t header = 0;  // Bytes before the string; 0: this is no such thing, or not all here.
    std::size_t length = 0;

    std::size_t size() const { return header + length + 2; }
};

// Of "$", up to nine digits and a line end at the front of `input`. The string itself and its end
// are not looked at.
inline Bulk bulk_at(std::string_view input) {
    constexpr std::size_t most_digits = 9;
    if (input.empty() || input.front() != '$') return {};
    std::size_t length = 0;
    std::size_t at = 1;
    for (; at < input.size() && at <= most_digits; ++at) {
        const auto digit = static_cast<unsigned char>(input[at] - '0');
        if (digit > 9) break;
        length = length * 10 + digit;
    }
    if (at == 1 || at + 1 >= input.size() || input[at] != '\r' || input[at + 1] != '\n') return {};
    return {at + 2, length};
}

}  // namespace grapevine::client::resp
