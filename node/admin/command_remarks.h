// What COMMAND says of a command beyond its row: names for the row's flags, ACL categories, tips.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/session/command_table.h"

namespace grapevine::node::admin {

// "write", "denyoom", ...: in the order in which Redis 7.0 prints them; ours are left out.
std::vector<std::string_view> flag_names(const commands::Command& command);

// "@read", "@string", ...: what an ACL would group it under. They follow from flags and group, but
// for some commands that Redis counts as dangerous as well.
std::vector<std::string> categories(const session::Entry& entry);
// The names that COMMAND LIST FILTERBY ACLCAT knows, without '@'.
bool is_category(std::string_view name);

// "request_policy:all_shards", ...: Redis's "command tips", for clients and proxies.
std::vector<std::string_view> tips(const session::Entry& entry);

// What a command may do with its keys, as key specifications say it.
std::vector<std::string_view> key_flags(const commands::Command& command);

}  // namespace grapevine::node::admin
