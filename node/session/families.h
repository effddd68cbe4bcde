// The rows of the commands about the conversation.
#pragma once

#include <span>

#include "node/commands/command.h"

namespace grapevine::node::session {

std::span<const commands::Command>
conversation_commands();                                    // PING HELLO AUTH SELECT QUIT RESET ...
std::span<const commands::Command> transaction_commands();  // MULTI EXEC DISCARD WATCH UNWATCH
std::span<const commands::Command> client_commands();       // CLIENT ...

}  // namespace grapevine::node::session
