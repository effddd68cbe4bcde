// The rows of the commands about the node.
#pragma once

#include <span>

#include "node/commands/command.h"

namespace grapevine::node::admin {

// All of them. A new family is named here and in families.cc.
std::span<const std::span<const commands::Command>> admin_families();

std::span<const commands::Command> cluster_commands();  // CLUSTER ...

}  // namespace grapevine::node::admin
