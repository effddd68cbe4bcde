// Strings as wholes: SET, GET and their relatives.
#include <array>
#include <optional>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

using store::Expiry;
using store::Key;
using store::Millis;

// When a value is to expire, as it was asked: EX seconds and so on.
struct Lifetime {
    TimeUnit unit;
    std::string_view amount;

    // ERR value is not an integer or out of range / ERR invalid expire time in '...' command
    Result<Millis> deadline(const Call& call) const {
        const auto number = parse_integer(amount);
        if (!number) return number.error();
        const auto at = to_deadline(*number, unit, call.now());
        if (*number <= 0 || !at) return invalid_expire_time(call.command.name);
        return *at;
    }
};

// A lifetime may be given again, in the same unit: the last one counts.
bool may_take(const std::optional<Lifetime>& given, TimeUnit unit) {
    return !given || given->unit == unit;
}

// Replies with the string at `key`, or null.
Result<bool> reply_string(Call& call, const Key& key) {
    const auto value = call.store.string(key);
    if (!value) return value.error();
    if (*value) {
        call.reply.bulk(**value);
    } else {
        call.reply.null();
    }
    return value->has_value();
}

// --- SET

struct SetOptions {
    enum class Condition { always, missing, present } condition = Condition::always;
    bool get = false;
    bool keep_ttl = false;
    std::optional<Lifetime> lifetime;
};

Result<SetOptions> parse_set_options(std::span<const std::string_view> args) {
    using Condition = SetOptions::Condition;
    SetOptions options;
    for (std::size_t at = 0; at < args.size(); ++at) {
        const auto unit = to_time_unit(args[at]);
        if (is_word(args[at], "NX") && options.condition != Condition::present) {
            options.condition = Condition::missing;
        } else if (is_word(args[at], "XX") && options.condition != Condition::missing) {
            options.condition = Condition::present;
        } else if (is_word(args[at], "GET")) {
            options.get = true;
        } else if (is_word(args[at], "KEEPTTL") && !options.lifetime) {
            options.keep_ttl = true;
        } else if (unit && !options.keep_ttl && may_take(options.lifetime, *unit) &&
                   at + 1 < args.size()) {
            options.lifetime = Lifetime{*unit, args[++at]};
        } else {
            return syntax_error();
        }
    }
    return options;
}

// SET with more than a key and a value.
Result<void> set_with_options(Call& call) {
    const auto options = parse_set_options(call.args.subspan(3));
    if (!options) return options.error();
    Expiry expiry = options->keep_ttl ? Expiry::keep() : Expiry{};
    if (options->lifetime) {
        const auto at = options->lifetime->deadline(call);
        if (!at) return at.error();
        expiry = Expiry::at_ms(*at);
    }
    const Key key = call.key(1);
    if (options->get) {
        const auto found = reply_string(call, key);
        if (!found) return found.error();
    }
    using Condition = SetOptions::Condition;
    const bool wanted = options->condition == Condition::always ||
                        call.store.exists(key) == (options->condition == Condition::present);
    if (wanted) set_string(call, key, call.args[2], expiry);
    if (!options->get) wanted ? call.reply.ok() : call.reply.null();
    return {};
}

Result<void> run_set(Call& call) {
    if (call.args.size() > 3) return set_with_options(call);
    call.store.set(call.key(1), call.args[2]);
    call.record_as_asked();
    call.reply.ok();
    return {};
}

Result<void> run_setnx(Call& call) {
    const Key key = call.key(1);
    const bool missing = !call.store.exists(key);
    if (missing) set_string(call, key, call.args[2]);
    call.reply.integer(missing);
    return {};
}

Result<void> set_for(Call& call, bool seconds) {
    const Lifetime lifetime{{.seconds = seconds, .absolute = false}, call.args[2]};
    const auto at = lifetime.deadline(call);
    if (!at) return at.error();
    set_string(call, call.key(1), call.args[3], Expiry::at_ms(*at));
    call.reply.ok();
    return {};
}

Result<void> run_setex(Call& call) {
    return set_for(call, true);
}
Result<void> run_psetex(Call& call) {
    return set_for(call, false);
}

Result<void> run_getset(Call& call) {
    const Key key = call.key(1);
    const auto found = reply_string(call, key);
    if (!found) return found.error();
    set_string(call, key, call.args[2]);
    return {};
}

// --- GET

Result<void> run_get(Call& call) {
    const auto found = reply_string(call, call.key(1));
    if (!found) return found.error();
    return {};
}

Result<void> run_getdel(Call& call) {
    const Key key = call.key(1);
    const auto found = reply_string(call, key);
    if (!found) return found.error();
    if (*found) erase_key(call, key);
    return {};
}

struct GetexOptions {
    bool persist = false;
    std::optional<Lifetime> lifetime;
};

Result<GetexOptions> parse_getex_options(std::span<const std::string_view> args) {
    GetexOptions options;
    for (std::size_t at = 0; at < args.size(); ++at) {
        const auto unit = to_time_unit(args[at]);
        if (is_word(args[at], "PERSIST") && !options.lifetime) {
            options.persist = true;
        } else if (unit && !options.persist && may_take(options.lifetime, *unit) &&
                   at + 1 < args.size()) {
            options.lifetime = Lifetime{*unit, args[++at]};
        } else {
            return syntax_error();
        }
    }
    return options;
}

Result<void> run_getex(Call& call) {
    const auto options = parse_getex_options(call.args.subspan(2));
    if (!options) return options.error();
    const Key key = call.key(1);
    std::optional<Millis> at;
    if (options->lifetime && call.store.type(key) == store::Type::string) {
        const auto deadline = options->lifetime->deadline(call);
        if (!deadline) return deadline.error();
        at = *deadline;
    }
    const auto found = reply_string(call, key);
    if (!found) return found.error();
    if (at) expire_key(call, key, *at);
    if (options->persist && call.store.persist(key)) {
        call.effects.record(call.database, {"PERSIST", key.text});
    }
    return {};
}

// --- Many at once

Result<void> run_mget(Call& call) {
    call.reply.array(call.args.size() - 1);
    for (std::size_t at = 1; at < call.args.size(); ++at) {
        if (!reply_string(call, call.key(at)))
            call.reply.null();  // Another type counts as missing.
    }
    return {};
}

void set_pairs(Call& call) {
    for (std::size_t at = 1; at < call.args.size(); at += 2) {
        call.store.set(call.key(at), call.args[at + 1]);
    }
}

bool is_paired(const Call& call) {
    return call.args.size() % 2 == 1;
}

Error unpaired(std::string_view name) {
    return Error{"ERR wrong number of arguments for '" + std::string(name) + "' command"};
}

Result<void> run_mset(Call& call) {
    if (!is_paired(call)) return unpaired("mset");
    set_pairs(call);
    call.record_as_asked();
    call.reply.ok();
    return {};
}

Result<void> run_msetnx(Call& call) {
    if (!is_paired(call)) return unpaired("msetnx");
    for (std::size_t at = 1; at < call.args.size(); at += 2) {
        if (call.store.exists(call.key(at))) {
            call.reply.integer(0);
            return {};
        }
    }
    set_pairs(call);
    call.record_as_asked();
    call.reply.integer(1);
    return {};
}

constinit const Command rows[] = {
    {.name = "GET",
     .run = run_get,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Reads a string."},
    {.name = "SET",
     .run = run_set,
     .arity = -3,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Stores a string, on a condition or for a time if asked."},
    {.name = "SETNX",
     .run = run_setnx,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Stores a string unless the key exists."},
    {.name = "SETEX",
     .run = run_setex,
     .arity = 4,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "2.0.0",
     .complexity = "O(1)",
     .summary = "Stores a string for so many seconds."},
    {.name = "PSETEX",
     .run = run_psetex,
     .arity = 4,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "2.6.0",
     .complexity = "O(1)",
     .summary = "Stores a string for so many milliseconds."},
    {.name = "GETSET",
     .run = run_getset,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast | answers_value,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Stores a string and answers what was there before."},
    {.name = "GETDEL",
     .run = run_getdel,
     .arity = 2,
     .keys = first_argument,
     .flags = writes | fast | answers_value,
     .group = "string",
     .since = "6.2.0",
     .complexity = "O(1)",
     .summary = "Reads a string and deletes its key."},
    {.name = "GETEX",
     .run = run_getex,
     .arity = -2,
     .keys = first_argument,
     .flags = writes | fast | answers_value,
     .group = "string",
     .since = "6.2.0",
     .complexity = "O(1)",
     .summary = "Reads a string and changes when it expires."},
    {.name = "MGET",
     .run = run_mget,
     .arity = -2,
     .keys = all_arguments,
     .flags = reads | fast,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Reads many strings."},
    {.name = "MSET",
     .run = run_mset,
     .arity = -3,
     .keys = every_second_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "1.0.1",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Stores many strings at once."},
    {.name = "MSETNX",
     .run = run_msetnx,
     .arity = -3,
     .keys = every_second_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "1.0.1",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Stores many strings, unless one of the keys exists."},
};

}  // namespace

std::span<const Command> string_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
