// Talks to one node over TCP: the only place in this tool that knows sockets.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "client/cli/survey.h"

namespace grapevine::client::cli {

struct Access {
    std::string password;                     // Empty: none.
    std::chrono::milliseconds timeout{2000};  // For everything that is asked of a node at once.
};

// As Ask promises, over a connection of its own, with AUTH first when there is a password; a
// refused AUTH is the reply to every request. Looking up a host's name is not under the timeout.
Result<std::vector<resp::Value>> ask_over_tcp(const Access& access, const slots::Endpoint& node,
                                              const std::vector<Request>& requests);

}  // namespace grapevine::client::cli
