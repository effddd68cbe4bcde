// Strings that are numbers: INCR and its relatives.
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

Result<void> add(Call& call, std::int64_t delta) {
    const store::Key key = call.key(1);
    const auto number = call.store.integer(key);
    if (!number) return number.error();
    std::int64_t sum = 0;
    if (__builtin_add_overflow(*number, delta, &sum)) {
        return Error{"ERR increment or decrement would overflow"};
    }
    call.store.set_integer(key, sum);
    call.record_as_asked();
    call.reply.integer(sum);
    return {};
}

Result<void> run_incr(Call& call) {
    return add(call, 1);
}
Result<void> run_decr(Call& call) {
    return add(call, -1);
}

Result<void> run_incrby(Call& call) {
    const auto delta = parse_integer(call.args[2]);
    if (!delta) return delta.error();
    return add(call, *delta);
}

Result<void> run_decrby(Call& call) {
    const auto delta = parse_integer(call.args[2]);
    if (!delta) return delta.error();
    if (*delta == std::numeric_limits<std::int64_t>::min()) {
        return Error{"ERR decrement would overflow"};
    }
    return add(call, -*delta);
}

// The digits of a long double as INCRBYFLOAT stores them.
class RealText {
public:
    // 17 digits behind the point, without the zeros at their end and without an exponent.
    explicit RealText(long double number) {
        size_ = static_cast<std::size_t>(
            std::snprintf(digits_.data(), digits_.size(), "%.17Lf", number));
        while (digits_[size_ - 1] == '0') --size_;
        if (digits_[size_ - 1] == '.') --size_;
    }
    std::string_view text() const {
        const std::string_view text(digits_.data(), size_);
        return text == "-0" ? "0" : text;
    }

private:
    std::array<char, 5 * 1024>
        digits_;  // The largest long double has 4933 digits before its point.
    std::size_t size_;
};

Result<long double> real_at(Call& call, const store::Key& key) {
    const auto value = call.store.string(key);
    if (!value) return value.error();
    if (!*value) return 0.0L;
    return parse_real(**value);
}

Result<void> run_incrbyfloat(Call& call) {
    const store::Key key = call.key(1);
    const auto number = real_at(call, key);
    if (!number) return number.error();
    const auto delta = parse_real(call.args[2]);
    if (!delta) return delta.error();
    const long double sum = *number + *delta;
    if (!std::isfinite(sum)) return Error{"ERR increment would produce NaN or Infinity"};
    const RealText text(sum);
    set_string(call, key, text.text(), store::Expiry::keep());
    call.reply.bulk(text.text());
    return {};
}

constinit const Command rows[] = {
    {.name = "INCR",
     .run = run_incr,
     .arity = 2,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Adds one to the number at a key."},
    {.name = "DECR",
     .run = run_decr,
     .arity = 2,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Takes one from the number at a key."},
    {.name = "INCRBY",
     .run = run_incrby,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Adds to the number at a key."},
    {.name = "DECRBY",
     .run = run_decrby,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Takes from the number at a key."},
    {.name = "INCRBYFLOAT",
     .run = run_incrbyfloat,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "2.6.0",
     .complexity = "O(1)",
     .summary = "Adds to the floating-point number at a key."},
};

}  // namespace

std::span<const Command> counter_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
