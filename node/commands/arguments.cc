#include "node/commands/arguments.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace grapevine::node::commands {

bool is_word(std::string_view argument, std::string_view word) {
    const auto same = [](char a, char b) {
        return std::toupper(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    return std::equal(argument.begin(), argument.end(), word.begin(), word.end(), same);
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.starts_with('0') && text != "0") return {};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

Result<std::int64_t> parse_integer(std::string_view text) {
    const auto number = to_integer(text);
    if (!number) return not_an_integer();
    return *number;
}

Result<long double> parse_real(std::string_view text) {
    const Error invalid{"ERR value is not a valid float"};
    std::array<char, 5 * 1024> terminated;  // Holds every long double written out in full.
    const bool blank = text.empty() || std::isspace(static_cast<unsigned char>(text.front())) != 0;
    if (blank || text.size() >= terminated.size()) return invalid;
    *std::copy(text.begin(), text.end(), terminated.begin()) = '\0';
    char* end = nullptr;
    errno = 0;
    const long double number = std::strtold(terminated.data(), &end);
    const bool lost = errno == ERANGE && (std::isinf(number) || std::fpclassify(number) == FP_ZERO);
    if (end != terminated.data() + text.size() || lost || std::isnan(number)) return invalid;
    return number;
}

std::optional<TimeUnit> to_time_unit(std::string_view option) {
    if (is_word(option, "EX")) return TimeUnit{.seconds = true, .absolute = false};
    if (is_word(option, "PX")) return TimeUnit{.seconds = false, .absolute = false};
    if (is_word(option, "EXAT")) return TimeUnit{.seconds = true, .absolute = true};
    if (is_word(option, "PXAT")) return TimeUnit{.seconds = false, .absolute = true};
    return {};
}

std::optional<store::Millis> to_deadline(std::int64_t amount, TimeUnit unit, store::Millis now) {
    store::Millis at = amount;
    if (unit.seconds && __builtin_mul_overflow(amount, store::Millis{1000}, &at)) return {};
    if (!unit.absolute && __builtin_add_overflow(at, now, &at)) return {};
    return at;
}

Error syntax_error() {
    return {"ERR syntax error"};
}
Error not_an_integer() {
    return {"ERR value is not an integer or out of range"};
}
Error no_such_key() {
    return {"ERR no such key"};
}
Error same_object() {
    return {"ERR source and destination objects are the same"};
}
Error database_out_of_range() {
    return {"ERR DB index is out of range"};
}
Error too_long() {
    return {"ERR string exceeds maximum allowed size (proto-max-bulk-len)"};
}

Error invalid_expire_time(std::string_view command) {
    std::string name(command);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return {"ERR invalid expire time in '" + name + "' command"};
}

}  // namespace grapevine::node::commands
