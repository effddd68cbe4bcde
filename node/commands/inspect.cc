// How a key is kept: OBJECT, MEMORY USAGE.
#include "node/commands/inspect.h"

#include <array>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

// Longer strings are called "raw" by Redis, shorter ones "embstr".
constexpr std::size_t longest_embedded = 44;

Result<void> run_encoding(Call& call) {
    const auto value = call.store.string(call.key(2));
    if (!value) return value.error();
    *value ? call.reply.bulk(encoding_of(**value)) : call.reply.null();
    return {};
}

// Values are never shared between keys.
Result<void> run_refcount(Call& call) {
    call.store.exists(call.key(2)) ? call.reply.integer(1) : call.reply.null();
    return {};
}

Result<void> run_idletime(Call& call) {
    const auto idle = call.store.idle_seconds(call.key(2));
    idle ? call.reply.integer(static_cast<std::int64_t>(*idle)) : call.reply.null();
    return {};
}

// Only an LFU eviction policy counts how often keys are used, and there is none.
Result<void> run_freq(Call& call) {
    if (call.store.exists(call.key(2))) {
        return Error{"ERR An LFU maxmemory policy is not selected, access frequency not tracked."};
    }
    call.reply.null();
    return {};
}

Result<void> check_samples(std::span<const std::string_view> options) {
    if (options.empty()) return {};
    if (options.size() != 2 || !is_word(options[0], "SAMPLES")) return syntax_error();
    const auto count = parse_integer(options[1]);
    if (!count) return count.error();
    if (*count < 0) return syntax_error();
    return {};
}

// SAMPLES is for collections: a string is always counted in full.
Result<void> run_usage(Call& call) {
    if (auto valid = check_samples(call.args.subspan(3)); !valid) return valid;
    const auto bytes = call.store.memory(call.key(2));
    bytes ? call.reply.integer(static_cast<std::int64_t>(*bytes)) : call.reply.null();
    return {};
}

Result<void> write_help(Call& call, std::span<const std::string_view> lines) {
    call.reply.array(lines.size());
    for (const std::string_view line : lines) call.reply.simple(line);
    return {};
}

Result<void> run_object_help(Call& call) {
    static constexpr std::string_view lines[] = {
        "OBJECT <subcommand> <key>. Subcommands are:",
        "ENCODING <key>",
        "    Name the form in which the value is kept.",
        "FREQ <key>",
        "    Tell how often the key is used; needs an LFU maxmemory policy.",
        "IDLETIME <key>",
        "    Tell how many seconds ago the key was last used.",
        "REFCOUNT <key>",
        "    Count the references to the value.",
        "HELP",
        "    Print this help.",
    };
    return write_help(call, lines);
}

Result<void> run_memory_help(Call& call) {
    static constexpr std::string_view lines[] = {
        "MEMORY <subcommand> [<arg> ...]. Subcommands are:",
        "USAGE <key> [SAMPLES <count>]",
        "    Count the bytes that a key and its value take.",
        "HELP",
        "    Print this help.",
    };
    return write_help(call, lines);
}

constinit const Command object_rows[] = {
    {.name = "ENCODING",
     .run = run_encoding,
     .arity = 3,
     .keys = second_argument,
     .flags = reads,
     .group = "generic",
     .since = "2.2.3",
     .complexity = "O(1)",
     .summary = "Names the form in which a value is kept."},
    {.name = "FREQ",
     .run = run_freq,
     .arity = 3,
     .keys = second_argument,
     .flags = reads,
     .group = "generic",
     .since = "4.0.0",
     .complexity = "O(1)",
     .summary = "Tells how often a key is used."},
    {.name = "IDLETIME",
     .run = run_idletime,
     .arity = 3,
     .keys = second_argument,
     .flags = reads,
     .group = "generic",
     .since = "2.2.3",
     .complexity = "O(1)",
     .summary = "Tells how many seconds ago a key was last used."},
    {.name = "REFCOUNT",
     .run = run_refcount,
     .arity = 3,
     .keys = second_argument,
     .flags = reads,
     .group = "generic",
     .since = "2.2.3",
     .complexity = "O(1)",
     .summary = "Counts the references to a value."},
    {.name = "HELP",
     .run = run_object_help,
     .arity = 2,
     .flags = loading_ok | stale_ok,
     .group = "generic",
     .since = "6.2.0",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
};

constinit const Command memory_rows[] = {
    {.name = "USAGE",
     .run = run_usage,
     .arity = -3,
     .keys = second_argument,
     .flags = reads,
     .group = "server",
     .since = "4.0.0",
     .complexity = "O(1)",
     .summary = "Counts the bytes that a key and its value take."},
    {.name = "HELP",
     .run = run_memory_help,
     .arity = 2,
     .flags = loading_ok | stale_ok,
     .group = "server",
     .since = "4.0.0",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
};

constinit const Command rows[] = {
    {.name = "OBJECT",
     .arity = -2,
     .group = "generic",
     .since = "2.2.3",
     .complexity = "Depends on the subcommand.",
     .summary = "How the value at a key is kept.",
     .subcommands = object_rows},
    {.name = "MEMORY",
     .arity = -2,
     .group = "server",
     .since = "4.0.0",
     .complexity = "Depends on the subcommand.",
     .summary = "How much memory is used.",
     .subcommands = memory_rows},
};

}  // namespace

std::string_view encoding_of(std::string_view value) {
    if (to_integer(value)) return "int";
    return value.size() <= longest_embedded ? "embstr" : "raw";
}

std::span<const Command> inspect_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
