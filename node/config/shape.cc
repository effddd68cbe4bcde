#include "node/config/shape.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace grapevine::node::config {
namespace {

template <typename Number>
std::optional<Number> parse_whole(std::string_view text, int base = 10) {
    Number number{};
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (failure != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

std::optional<std::int64_t> unit_size(std::string_view unit) {
    constexpr std::pair<std::string_view, std::int64_t> units[] = {
        {"", 1},          {"b", 1},        {"k", 1000},          {"kb", 1 << 10},
        {"m", 1'000'000}, {"mb", 1 << 20}, {"g", 1'000'000'000}, {"gb", 1 << 30},
    };
    for (const auto& [name, size] : units) {
        if (name == unit) return size;
    }
    return {};
}

Result<std::string> within(const Shape& shape, std::int64_t number) {
    if (number < shape.least || number > shape.most) {
        return Error{
            fmt::format("argument must be between {} and {} inclusive", shape.least, shape.most)};
    }
    return std::to_string(number);
}

Result<std::string> canonical_yes_no(std::string_view word) {
    std::string value = lower_case(word);
    if (value != "yes" && value != "no") return Error{"argument must be 'yes' or 'no'"};
    return value;
}

Result<std::string> canonical_number(const Shape& shape, std::string_view word) {
    const auto value = parse_number(word);
    if (!value) return Error{"argument couldn't be parsed into an integer"};
    return within(shape, *value);
}

Result<std::string> canonical_octal(const Shape& shape, std::string_view word) {
    const auto value = parse_whole<std::int64_t>(word, 8);
    if (!value) return Error{"argument couldn't be parsed as an octal number"};
    if (*value < 0 || *value > shape.most) {
        return Error{fmt::format("argument must be between 0 and {:o} inclusive", shape.most)};
    }
    return fmt::format("{:o}", *value);
}

Result<std::string> canonical_bytes(const Shape& shape, std::string_view word) {
    const auto value = parse_bytes(word);
    if (!value) return Error{"argument must be a memory value"};
    return within(shape, *value);
}

Result<std::string> canonical_choice(const Shape& shape, std::string_view word) {
    std::string value = lower_case(word);
    if (position_of(value, shape.choices)) return value;
    std::string listed;
    for (const char letter : shape.choices) listed += letter == ' ' ? ", " : std::string(1, letter);
    return Error{"argument(s) must be one of the following: " + listed};
}

}  // namespace

Result<std::string> canonical(const Shape& shape, Words words) {
    if (shape.check != nullptr) {
        if (auto checked = shape.check(words); !checked) return checked.error();
    }
    if (shape.kind == Kind::several) return joined(words);
    if (words.size() != 1) return Error{"wrong number of arguments"};
    switch (shape.kind) {
        case Kind::yes_no:
            return canonical_yes_no(words[0]);
        case Kind::number:
            return canonical_number(shape, words[0]);
        case Kind::octal:
            return canonical_octal(shape, words[0]);
        case Kind::bytes:
            return canonical_bytes(shape, words[0]);
        case Kind::choice:
            return canonical_choice(shape, words[0]);
        default:
            return words[0];
    }
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    return parse_whole<std::int64_t>(text);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = parse_whole<std::int64_t>(text.substr(0, digits));
    const auto unit = unit_size(lower_case(text.substr(digits)));
    std::int64_t product = 0;
    if (!count || !unit || __builtin_mul_overflow(*count, *unit, &product)) return {};
    return product;
}

std::optional<std::size_t> position_of(std::string_view word, std::string_view choices) {
    for (std::size_t position = 0;; ++position) {
        const std::string_view candidate = word_at(position, choices);
        if (candidate.empty()) return {};
        if (candidate == word) return position;
    }
}

std::string_view word_at(std::size_t position, std::string_view choices) {
    for (; position > 0; --position) {
        const std::size_t blank = choices.find(' ');
        if (blank == choices.npos) return {};
        choices.remove_prefix(blank + 1);
    }
    return choices.substr(0, choices.find(' '));
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& letter : lower) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return lower;
}

std::string joined(Words words, std::string_view between) {
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty()) line += between;
        line += word;
    }
    return line;
}

}  // namespace grapevine::node::config
