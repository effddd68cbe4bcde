// One command as COMMAND INFO, DOCS and GETKEYS show it: the shapes of redis-server 7.0. Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "client/resp/writer.h"
#include "node/session/command_table.h"

namespace grapevine::node::admin {

// Name, arity, flags, keys, ACL categories, tips, key specifications, subcommands.
void write_info(const session::Entry& entry, client::resp::Writer& reply);

// The name and a map: summary, since, group, complexity, subcommands.
void write_docs(const session::Entry& entry, client::resp::Writer& reply);

// Where the keys of a request are among its arguments. `args` has as many as the command accepts.
std::vector<std::size_t> key_positions(const commands::Command& command,
                                       std::span<const std::string_view> args);

}  // namespace grapevine::node::admin
