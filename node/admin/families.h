// The rows of the commands about the node.
#pragma once

#include <span>

#include "node/commands/command.h"

namespace grapevine::node::admin {

// All of them. A new family is named here and in families.cc.
std::span<const std::span<const commands::Command>> admin_families();

std::span<const commands::Command> cluster_commands();      // CLUSTER ...
std::span<const commands::Command> command_commands();      // COMMAND ...
std::span<const commands::Command> config_commands();       // CONFIG ...
std::span<const commands::Command> debug_commands();        // DEBUG
std::span<const commands::Command> info_commands();         // INFO
std::span<const commands::Command> moment_commands();       // TIME, ROLE
std::span<const commands::Command> replication_commands();  // REPLICAOF REPLCONF PSYNC SYNC WAIT
std::span<const commands::Command> save_commands();         // SAVE BGSAVE LASTSAVE SHUTDOWN

}  // namespace grapevine::node::admin
