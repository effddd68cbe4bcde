// When keys expire: the EXPIRE and TTL families, PERSIST.
#include <algorithm>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

using store::Key;
using store::Millis;

// EXPIRE's conditions on the expiry that the key has so far.
struct Conditions {
    bool none = false;     // NX
    bool some = false;     // XX
    bool greater = false;  // GT; a key without an expiry lives forever.
    bool less = false;     // LT

    bool allow(std::optional<Millis> current, Millis at) const {
        if (none && current) return false;
        if (some && !current) return false;
        if (greater && (!current || at <= *current)) return false;
        return !less || !current || at < *current;
    }
};

Result<Conditions> parse_conditions(std::span<const std::string_view> args) {
    Conditions conditions;
    for (const std::string_view arg : args) {
        if (is_word(arg, "NX")) {
            conditions.none = true;
        } else if (is_word(arg, "XX")) {
            conditions.some = true;
        } else if (is_word(arg, "GT")) {
            conditions.greater = true;
        } else if (is_word(arg, "LT")) {
            conditions.less = true;
        } else {
            return Error{"ERR Unsupported option " + std::string(arg)};
        }
    }
    const auto& [none, some, greater, less] = conditions;
    if (none && (some || greater || less)) {
        return Error{"ERR NX and XX, GT or LT options at the same time are not compatible"};
    }
    if (greater && less) {
        return Error{"ERR GT and LT options at the same time are not compatible"};
    }
    return conditions;
}

template <bool seconds, bool absolute>
Result<void> run_expire(Call& call) {
    const auto conditions = parse_conditions(call.args.subspan(3));
    if (!conditions) return conditions.error();
    const auto amount = parse_integer(call.args[2]);
    if (!amount) return amount.error();
    const auto at = to_deadline(*amount, {seconds, absolute}, call.now());
    if (!at) return invalid_expire_time(call.command.name);
    const Key key = call.key(1);
    const bool changed = call.store.exists(key) &&
                         conditions->allow(call.store.expires_at(key), *at) &&
                         expire_key(call, key, *at);
    call.reply.integer(changed);
    return {};
}

Result<void> run_persist(Call& call) {
    const bool changed = call.store.persist(call.key(1));
    if (changed) call.record_as_asked();
    call.reply.integer(changed);
    return {};
}

constexpr std::int64_t missing = -2;
constexpr std::int64_t without_expiry = -1;

// Whole seconds, rounded to the nearest, as TTL and EXPIRETIME count.
std::int64_t to_seconds(Millis millis) {
    return millis / 1000 + (millis % 1000 >= 500 ? 1 : 0);
}

std::int64_t moment(Call& call, TimeUnit unit) {
    const Key key = call.key(1);
    if (!call.store.exists(key)) return missing;
    const auto at = call.store.expires_at(key);
    if (!at) return without_expiry;
    const Millis millis = unit.absolute ? *at : std::max<Millis>(*at - call.now(), 0);
    return unit.seconds ? to_seconds(millis) : millis;
}

template <bool seconds, bool absolute>
Result<void> run_moment(Call& call) {
    call.reply.integer(moment(call, {seconds, absolute}));
    return {};
}

constinit const Command rows[] = {
    {.name = "EXPIRE",
     .run = run_expire<true, false>,
     .arity = -3,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Lets a key expire after so many seconds."},
    {.name = "PEXPIRE",
     .run = run_expire<false, false>,
     .arity = -3,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "2.6.0",
     .complexity = "O(1)",
     .summary = "Lets a key expire after so many milliseconds."},
    {.name = "EXPIREAT",
     .run = run_expire<true, true>,
     .arity = -3,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "1.2.0",
     .complexity = "O(1)",
     .summary = "Lets a key expire at a time, in seconds since 1970."},
    {.name = "PEXPIREAT",
     .run = run_expire<false, true>,
     .arity = -3,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "2.6.0",
     .complexity = "O(1)",
     .summary = "Lets a key expire at a time, in milliseconds since 1970."},
    {.name = "TTL",
     .run = run_moment<true, false>,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Tells how many seconds a key has left."},
    {.name = "PTTL",
     .run = run_moment<false, false>,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "generic",
     .since = "2.6.0",
     .complexity = "O(1)",
     .summary = "Tells how many milliseconds a key has left."},
    {.name = "EXPIRETIME",
     .run = run_moment<true, true>,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "generic",
     .since = "7.0.0",
     .complexity = "O(1)",
     .summary = "Tells when a key expires, in seconds since 1970."},
    {.name = "PEXPIRETIME",
     .run = run_moment<false, true>,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "generic",
     .since = "7.0.0",
     .complexity = "O(1)",
     .summary = "Tells when a key expires, in milliseconds since 1970."},
    {.name = "PERSIST",
     .run = run_persist,
     .arity = 2,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "2.2.0",
     .complexity = "O(1)",
     .summary = "Lets a key live for good."},
};

}  // namespace

std::span<const Command> expiry_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
