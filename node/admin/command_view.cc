#include "node/admin/command_view.h"

#include "node/admin/command_remarks.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;
using commands::Command;
using session::Entry;

template <typename Names>
void write_words(const Names& names, Writer& reply) {
    reply.set(names.size());
    for (const auto& name : names) reply.simple(name);
}

void write_range(const commands::KeySpec& keys, Writer& reply) {
    reply.map(3);
    reply.bulk("lastkey");  // Counted from the first key, or from the end.
    reply.integer(keys.last < 0 ? keys.last : keys.last - keys.first);
    reply.bulk("keystep");
    reply.integer(keys.step);
    reply.bulk("limit");
    reply.integer(0);
}

void write_key_specifications(const Command& command, Writer& reply) {
    if (command.keys == commands::no_keys) return reply.set(0);
    reply.set(1);
    reply.map(3);
    reply.bulk("flags");
    write_words(key_flags(command), reply);
    reply.bulk("begin_search");
    reply.map(2);
    reply.bulk("type");
    reply.bulk("index");
    reply.bulk("spec");
    reply.map(1);
    reply.bulk("index");
    reply.integer(command.keys.first);
    reply.bulk("find_keys");
    reply.map(2);
    reply.bulk("type");
    reply.bulk("range");
    reply.bulk("spec");
    write_range(command.keys, reply);
}

}  // namespace

void write_info(const Entry& entry, Writer& reply) {
    const Command& command = *entry.command;
    reply.array(10);
    reply.bulk(entry.full_name);
    reply.integer(command.arity);
    write_words(flag_names(command), reply);
    reply.integer(command.keys.first);
    reply.integer(command.keys.last);
    reply.integer(command.keys.step);
    write_words(categories(entry), reply);
    const auto hints = tips(entry);
    reply.set(hints.size());
    for (const auto hint : hints) reply.bulk(hint);
    write_key_specifications(command, reply);
    reply.set(entry.subcommands.size());
    for (const Entry* subcommand : entry.subcommands) write_info(*subcommand, reply);
}

void write_docs(const Entry& entry, Writer& reply) {
    const Command& command = *entry.command;
    reply.bulk(entry.full_name);
    reply.map(entry.subcommands.empty() ? 4 : 5);
    reply.bulk("summary");
    reply.bulk(command.summary);
    reply.bulk("since");
    reply.bulk(command.since);
    reply.bulk("group");
    reply.bulk(command.group);
    reply.bulk("complexity");
    reply.bulk(command.complexity);
    if (entry.subcommands.empty()) return;
    reply.bulk("subcommands");
    reply.map(entry.subcommands.size());
    for (const Entry* subcommand : entry.subcommands) write_docs(*subcommand, reply);
}

std::vector<std::size_t> key_positions(const Command& command,
                                       std::span<const std::string_view> args) {
    std::vector<std::size_t> positions;
    const auto& keys = command.keys;
    if (keys == commands::no_keys) return positions;
    const int count = static_cast<int>(args.size());
    const int last = keys.last_of(args.size());
    for (int at = keys.first; at <= last && at < count; at += keys.step) {
        positions.push_back(static_cast<std::size_t>(at));
    }
    return positions;
}

}  // namespace grapevine::node::admin
