// Values as bytes, to carry them to another node: DUMP, RESTORE.
#include <array>
#include <optional>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

using store::Key;
using store::Millis;

Result<void> run_dump(Call& call) {
    const auto payload = call.store.dump(call.key(1));
    payload ? call.reply.bulk(*payload) : call.reply.null();
    return {};
}

struct RestoreOptions {
    bool replace = false;
    bool absolute = false;
};

Error out_of(std::string_view what) {
    return Error{"ERR Invalid " + std::string(what)};
}

// IDLETIME and FREQ are understood, and checked; what they say is not kept.
Result<void> check_usage_hint(std::string_view name, std::string_view value) {
    const auto number = parse_integer(value);
    if (!number) return number.error();
    if (is_word(name, "IDLETIME")) {
        if (*number < 0) return out_of("IDLETIME value, must be >= 0");
    } else if (*number < 0 || *number > 255) {
        return out_of("FREQ value, must be >= 0 and <= 255");
    }
    return {};
}

Result<RestoreOptions> parse_restore_options(std::span<const std::string_view> args) {
    RestoreOptions options;
    bool hinted = false;
    for (std::size_t at = 0; at < args.size(); ++at) {
        const bool is_hint = is_word(args[at], "IDLETIME") || is_word(args[at], "FREQ");
        if (is_word(args[at], "REPLACE")) {
            options.replace = true;
        } else if (is_word(args[at], "ABSTTL")) {
            options.absolute = true;
        } else if (is_hint && !hinted && at + 1 < args.size()) {
            if (auto checked = check_usage_hint(args[at], args[at + 1]); !checked) {
                return checked.error();
            }
            hinted = true;
            ++at;
        } else {
            return syntax_error();
        }
    }
    return options;
}

// Nothing when the key is to live for good.
Result<std::optional<Millis>> parse_deadline(const Call& call, bool absolute) {
    const auto amount = parse_integer(call.args[2]);
    if (!amount) return amount.error();
    if (*amount < 0) return out_of("TTL value, must be >= 0");
    if (*amount == 0) return std::optional<Millis>{};
    const auto at = to_deadline(*amount, {.seconds = false, .absolute = absolute}, call.now());
    if (!at) return out_of("TTL value, must be >= 0");
    return at;
}

// Replaces whatever is there, wherever it is replayed.
void record_restore(Call& call, const Key& key, std::optional<Millis> at) {
    if (!call.effects.listening()) return;
    const Decimal deadline(at.value_or(0));
    call.effects.record(call.database,
                        {"RESTORE", key.text, deadline.text(), call.args[3], "REPLACE", "ABSTTL"});
}

Result<void> run_restore(Call& call) {
    const auto options = parse_restore_options(call.args.subspan(4));
    if (!options) return options.error();
    const Key key = call.key(1);
    if (!options->replace && call.store.exists(key)) {
        return Error{"BUSYKEY Target key name already exists."};
    }
    const auto at = parse_deadline(call, options->absolute);
    if (!at) return at.error();
    const bool expired = *at && **at <= call.now();
    const auto kept_until = expired ? std::nullopt : *at;
    if (auto restored = call.store.restore(key, call.args[3], kept_until); !restored) {
        return restored;
    }
    if (expired) {
        erase_key(call, key);
    } else {
        record_restore(call, key, *at);
    }
    call.reply.ok();
    return {};
}

constinit const Command rows[] = {
    {.name = "DUMP",
     .run = run_dump,
     .arity = 2,
     .keys = first_argument,
     .flags = reads,
     .group = "generic",
     .since = "2.6.0",
     .complexity = "O(N) where N is the size of the value.",
     .summary = "Writes the value at a key as bytes that RESTORE reads."},
    {.name = "RESTORE",
     .run = run_restore,
     .arity = -4,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "generic",
     .since = "2.6.0",
     .complexity = "O(N) where N is the size of the value.",
     .summary = "Makes a key out of the bytes that DUMP wrote."},
    {.name = "RESTORE-ASKING",
     .run = run_restore,
     .arity = -4,
     .keys = first_argument,
     .flags = writes | deny_oom | asking_ok,
     .group = "server",
     .since = "3.0.0",
     .complexity = "O(N) where N is the size of the value.",
     .summary = "RESTORE on a node that is importing the slot: sent by nodes."},
};

}  // namespace

std::span<const Command> serial_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
