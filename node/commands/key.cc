// Keys, whatever they hold: DEL, EXISTS, TYPE, RENAME, COPY, MOVE.
#include <optional>
#include <vector>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

using store::Key;
using store::Keyspace;

// DEL and UNLINK: only what was there is told to the journal.
Result<void> run_del(Call& call) {
    std::vector<std::string_view> deleted;
    std::int64_t count = 0;
    for (std::size_t at = 1; at < call.args.size(); ++at) {
        if (!call.store.erase(call.key(at))) continue;
        ++count;
        if (!call.effects.listening()) continue;
        if (deleted.empty()) deleted.push_back("DEL");
        deleted.push_back(call.args[at]);
    }
    if (!deleted.empty()) call.effects.record(call.database, deleted);
    call.reply.integer(count);
    return {};
}

// EXISTS and TOUCH: to look at a key is to touch it. A key named twice counts twice.
Result<void> run_exists(Call& call) {
    std::int64_t count = 0;
    for (std::size_t at = 1; at < call.args.size(); ++at) {
        count += call.store.exists(call.key(at)) ? 1 : 0;
    }
    call.reply.integer(count);
    return {};
}

Result<void> run_type(Call& call) {
    call.reply.simple(to_string(call.store.type(call.key(1))));
    return {};
}

Result<void> run_rename(Call& call) {
    const Key from = call.key(1);
    const Key to = call.key(2);
    if (!call.store.exists(from)) return no_such_key();
    if (from.text != to.text) {
        call.store.rename(from, to);
        call.record_as_asked();
    }
    call.reply.ok();
    return {};
}

Result<void> run_renamenx(Call& call) {
    const Key from = call.key(1);
    const Key to = call.key(2);
    if (!call.store.exists(from)) return no_such_key();
    const bool free = !call.store.exists(to);
    if (free) {
        call.store.rename(from, to);
        call.effects.record(call.database, {"RENAME", from.text, to.text});
    }
    call.reply.integer(free);
    return {};
}

// --- COPY and MOVE: between databases too.

Result<int> parse_database(const Call& call, std::string_view text) {
    const auto number = parse_integer(text);
    if (!number) return number.error();
    if (*number < 0 || *number >= static_cast<std::int64_t>(call.databases.size())) {
        return database_out_of_range();
    }
    return static_cast<int>(*number);
}

Keyspace& database(Call& call, int number) {
    return *call.databases[static_cast<std::size_t>(number)];
}

struct CopyOptions {
    int database = 0;
    bool replace = false;
};

Result<CopyOptions> parse_copy_options(const Call& call) {
    CopyOptions options{.database = call.database};
    for (std::size_t at = 3; at < call.args.size(); ++at) {
        if (is_word(call.args[at], "REPLACE")) {
            options.replace = true;
        } else if (is_word(call.args[at], "DB") && at + 1 < call.args.size()) {
            const auto number = parse_database(call, call.args[++at]);
            if (!number) return number.error();
            options.database = *number;
        } else {
            return syntax_error();
        }
    }
    return options;
}

Result<void> run_copy(Call& call) {
    const auto options = parse_copy_options(call);
    if (!options) return options.error();
    const Key from = call.key(1);
    const Key to = call.key(2);
    if (options->database == call.database && from.text == to.text) return same_object();
    Keyspace& target = database(call, options->database);
    const bool wanted = call.store.exists(from) && (options->replace || !target.exists(to));
    if (wanted) {
        call.store.copy(from, target, to);
        call.record_as_asked();
    }
    call.reply.integer(wanted);
    return {};
}

Result<void> run_move(Call& call) {
    const auto number = parse_database(call, call.args[2]);
    if (!number) return number.error();
    if (*number == call.database) return same_object();
    const Key key = call.key(1);
    Keyspace& target = database(call, *number);
    const bool wanted = call.store.exists(key) && !target.exists(key);
    if (wanted) {
        call.store.copy(key, target, key);
        call.store.erase(key);
        call.record_as_asked();
    }
    call.reply.integer(wanted);
    return {};
}

constinit const Command rows[] = {
    {.name = "DEL",
     .run = run_del,
     .arity = -2,
     .keys = all_arguments,
     .flags = writes,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Deletes keys."},
    {.name = "UNLINK",
     .run = run_del,
     .arity = -2,
     .keys = all_arguments,
     .flags = writes | fast,
     .group = "generic",
     .since = "4.0.0",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Deletes keys, as DEL does."},
    {.name = "EXISTS",
     .run = run_exists,
     .arity = -2,
     .keys = all_arguments,
     .flags = reads | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Counts which of the keys exist."},
    {.name = "TOUCH",
     .run = run_exists,
     .arity = -2,
     .keys = all_arguments,
     .flags = reads | fast,
     .group = "generic",
     .since = "3.2.1",
     .complexity = "O(N) where N is the number of keys.",
     .summary = "Marks keys as used just now and counts those that exist."},
    {.name = "TYPE",
     .run = run_type,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Names the type of the value at a key."},
    {.name = "RENAME",
     .run = run_rename,
     .arity = 3,
     .keys = first_two_arguments,
     .flags = writes,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Gives a key another name."},
    {.name = "RENAMENX",
     .run = run_renamenx,
     .arity = 3,
     .keys = first_two_arguments,
     .flags = writes | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Gives a key another name unless that is taken."},
    {.name = "COPY",
     .run = run_copy,
     .arity = -3,
     .keys = first_two_arguments,
     .flags = writes | deny_oom,
     .group = "generic",
     .since = "6.2.0",
     .complexity = "O(N) where N is the size of the value.",
     .summary = "Copies a key, also to another database."},
    {.name = "MOVE",
     .run = run_move,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | fast,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Moves a key to another database."},
};

}  // namespace

std::span<const Command> key_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
