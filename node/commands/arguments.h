// What commands read from their arguments, and the errors that go with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "node/store/key.h"
#include "slots/result.h"

namespace grapevine::node::commands {

// As proto-max-bulk-len by default: no string grows beyond it, whichever command makes it grow.
inline constexpr std::uint64_t longest_string = 512u << 20;

// Words are recognised in any case. `word` is given in upper case.
bool is_word(std::string_view argument, std::string_view word);

// A whole number in decimal: no blanks, no plus, no leading zeros.
std::optional<std::int64_t> to_integer(std::string_view text);
// The same, or ERR value is not an integer or out of range.
Result<std::int64_t> parse_integer(std::string_view text);
// A floating-point number as strtold reads it, without blanks: ERR value is not a valid float.
Result<long double> parse_real(std::string_view text);

// How an option gives a point in time: EX 10, PX 10000, EXAT 1700000000, PXAT 1700000000000.
struct TimeUnit {
    bool seconds = false;
    bool absolute = false;  // Since 1970; otherwise from now.
    bool operator==(const TimeUnit&) const = default;
};
std::optional<TimeUnit> to_time_unit(std::string_view option);
// Nothing when the milliseconds would not fit. May be in the past.
std::optional<store::Millis> to_deadline(std::int64_t amount, TimeUnit unit, store::Millis now);

Error syntax_error();
Error not_an_integer();
Error no_such_key();
Error same_object();  // Source and destination are one.
Error database_out_of_range();
Error too_long();  // A string would exceed longest_string.
// ERR invalid expire time in 'set' command
Error invalid_expire_time(std::string_view command);

}  // namespace grapevine::node::commands
