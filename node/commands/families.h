// Every command about keys, one table for each file. A new family is named here and in families.cc.
#pragma once

#include <span>

#include "node/commands/command.h"

namespace grapevine::node::commands {

std::span<const Command> string_commands();    // SET, GET, MGET, ...
std::span<const Command> counter_commands();   // INCR, INCRBYFLOAT, ...
std::span<const Command> range_commands();     // APPEND, GETRANGE, SETRANGE, ...
std::span<const Command> bitmap_commands();    // SETBIT, BITCOUNT, BITOP, ...
std::span<const Command> bitfield_commands();  // BITFIELD, BITFIELD_RO
std::span<const Command> lcs_commands();       // LCS
std::span<const Command> key_commands();       // DEL, TYPE, RENAME, COPY, ...
std::span<const Command> expiry_commands();    // EXPIRE, TTL, PERSIST, ...
std::span<const Command> database_commands();  // KEYS, SCAN, DBSIZE, FLUSHALL, ...
std::span<const Command> inspect_commands();   // OBJECT, MEMORY USAGE
std::span<const Command> serial_commands();    // DUMP, RESTORE

// All of them.
std::span<const std::span<const Command>> key_families();

}  // namespace grapevine::node::commands
