// COMMAND: what can be asked here, said by the rows that register it.
#include <algorithm>
#include <array>
#include <functional>

#include "node/admin/command_remarks.h"
#include "node/admin/command_view.h"
#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/commands/arguments.h"
#include "node/commands/glob.h"

namespace grapevine::node::admin {
namespace {

using commands::Command;
using commands::is_word;
using session::Entry;

// "get" or "config|get", in any case. Null: there is none.
const Entry* find_entry(const session::CommandTable& table, std::string_view name) {
    const auto& entries = table.entries();
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return session::same_name(entry.full_name, name);
    });
    return found == entries.end() ? nullptr : &*found;
}

Result<void> describe_all(Request& request) {
    const auto all = request.worker().table().commands();
    request.reply().array(all.size());
    for (const Entry* entry : all) write_info(*entry, request.reply());
    return {};
}

// COMMAND INFO [name ...]
Result<void> info(Request& request) {
    const auto names = request.args().subspan(2);
    if (names.empty()) return describe_all(request);
    request.reply().array(names.size());
    for (const auto name : names) {
        const Entry* entry = find_entry(request.worker().table(), name);
        entry == nullptr ? request.reply().null() : write_info(*entry, request.reply());
    }
    return {};
}

// COMMAND DOCS [name ...]: what is unknown is left out.
Result<void> docs(Request& request) {
    const auto& table = request.worker().table();
    std::vector<const Entry*> found;
    for (const auto name : request.args().subspan(2)) {
        if (const Entry* entry = find_entry(table, name)) found.push_back(entry);
    }
    if (request.args().size() == 2) found.assign(table.commands().begin(), table.commands().end());
    request.reply().map(found.size());
    for (const Entry* entry : found) write_docs(*entry, request.reply());
    return {};
}

Result<void> count(Request& request) {
    request.reply().integer(static_cast<std::int64_t>(request.worker().table().commands().size()));
    return {};
}

using Filter = std::function<bool(const Entry&)>;

bool belongs_to(const Entry& entry, std::string_view category) {
    const auto all = categories(entry);
    return std::any_of(all.begin(), all.end(), [&](std::string_view each) {
        return session::same_name(each.substr(1), category);
    });
}

// [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]
Result<Filter> parse_filter(std::span<const std::string_view> words) {
    if (words.empty()) return Filter([](const Entry&) { return true; });
    if (words.size() != 3 || !is_word(words[0], "FILTERBY")) return commands::syntax_error();
    const auto value = words[2];
    if (is_word(words[1], "MODULE")) return Filter([](const Entry&) { return false; });
    if (is_word(words[1], "ACLCAT")) {
        const bool known = is_category(value);
        return Filter([=](const Entry& entry) { return known && belongs_to(entry, value); });
    }
    if (is_word(words[1], "PATTERN")) {
        return Filter(
            [=](const Entry& entry) { return commands::matches(value, entry.full_name); });
    }
    return commands::syntax_error();
}

// Subcommands too.
Result<void> list(Request& request) {
    const auto filter = parse_filter(request.args().subspan(2));
    if (!filter) return filter.error();
    std::vector<std::string_view> names;
    for (const auto& entry : request.worker().table().entries()) {
        if ((*filter)(entry)) names.push_back(entry.full_name);
    }
    request.reply().set(names.size());
    for (const auto name : names) request.reply().bulk(name);
    return {};
}

// The request behind COMMAND GETKEYS, and where its keys are.
struct Examined {
    const Command* command;
    std::span<const std::string_view> args;
    std::vector<std::size_t> keys;
};

Result<Examined> examine(Request& request) {
    const auto args = request.args().subspan(2);
    const auto& table = request.worker().table();
    const auto entry = table.resolve(args);
    if (!entry) {
        const bool known = table.find(args[0]) != nullptr;
        return Error{known ? "ERR Invalid number of arguments specified for command"
                           : "ERR Invalid command specified"};
    }
    const Command& command = *(*entry)->command;
    Examined examined{&command, args, key_positions(command, args)};
    if (examined.keys.empty()) return Error{"ERR The command has no key arguments"};
    return examined;
}

Result<void> get_keys(Request& request) {
    const auto examined = examine(request);
    if (!examined) return examined.error();
    request.reply().array(examined->keys.size());
    for (const auto at : examined->keys) request.reply().bulk(examined->args[at]);
    return {};
}

Result<void> get_keys_and_flags(Request& request) {
    const auto examined = examine(request);
    if (!examined) return examined.error();
    const auto flags = key_flags(*examined->command);
    request.reply().array(examined->keys.size());
    for (const auto at : examined->keys) {
        request.reply().array(2);
        request.reply().bulk(examined->args[at]);
        request.reply().set(flags.size());
        for (const auto flag : flags) request.reply().simple(flag);
    }
    return {};
}

Result<void> help(Request& request) {
    static constexpr std::array<std::string_view, 17> lines{
        "COMMAND [<subcommand> [<arg> ...]]. Subcommands are:",
        "(none)",
        "    All commands, as INFO describes them.",
        "COUNT",
        "    How many commands there are.",
        "DOCS [<name> ...]",
        "    What commands are for.",
        "GETKEYS <command> <arg> ...",
        "    Which arguments of a command are keys.",
        "GETKEYSANDFLAGS <command> <arg> ...",
        "    The same, with what happens to the keys.",
        "INFO [<name> ...]",
        "    Arity, flags and keys of commands.",
        "LIST [FILTERBY MODULE <name> | ACLCAT <category> | PATTERN <pattern>]",
        "    The names of commands.",
        "HELP",
        "    This text.",
    };
    write_help(request.reply(), lines);
    return {};
}

using namespace commands;
constexpr std::uint32_t always = loading_ok | stale_ok;

constinit const std::array subcommands{
    Command{.name = "COUNT",
            .govern = count,
            .arity = 2,
            .flags = always,
            .group = "server",
            .since = "2.8.13",
            .complexity = "O(1)",
            .summary = "How many commands there are."},
    Command{.name = "DOCS",
            .govern = docs,
            .arity = -2,
            .flags = always,
            .group = "server",
            .since = "7.0.0",
            .complexity = "O(N) where N is the number of commands looked up",
            .summary = "What commands are for."},
    Command{.name = "GETKEYS",
            .govern = get_keys,
            .arity = -4,
            .flags = always,
            .group = "server",
            .since = "2.8.13",
            .complexity = "O(N) where N is the number of arguments",
            .summary = "Which arguments of a command are keys."},
    Command{.name = "GETKEYSANDFLAGS",
            .govern = get_keys_and_flags,
            .arity = -4,
            .flags = always,
            .group = "server",
            .since = "7.0.0",
            .complexity = "O(N) where N is the number of arguments",
            .summary = "Which arguments of a command are keys, and what happens to them."},
    Command{.name = "INFO",
            .govern = info,
            .arity = -2,
            .flags = always,
            .group = "server",
            .since = "2.8.13",
            .complexity = "O(N) where N is the number of commands looked up",
            .summary = "Arity, flags and keys of commands."},
    Command{.name = "LIST",
            .govern = list,
            .arity = -2,
            .flags = always,
            .group = "server",
            .since = "7.0.0",
            .complexity = "O(N) where N is the number of commands",
            .summary = "The names of commands."},
    Command{.name = "HELP",
            .govern = help,
            .arity = 2,
            .flags = always,
            .group = "server",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "What COMMAND can be asked."},
};

constinit const std::array rows{
    Command{.name = "COMMAND",
            .govern = describe_all,
            .arity = -1,
            .flags = always,
            .group = "server",
            .since = "2.8.13",
            .complexity = "O(N) where N is the number of commands",
            .summary = "What can be asked here.",
            .subcommands = subcommands},
};

}  // namespace

std::span<const Command> command_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
