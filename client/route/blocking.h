// How long a server may keep a command waiting before it answers. Pure.
#pragma once

#include <grapevine/operation.h>
#include <optional>
#include <string_view>

namespace grapevine::client::route {

// `request`: one encoded command that may block (Trait::blocks). Nothing: for ever, also when the
// command is not known here. Zero: it does not wait at all. Syntax: Redis 7.0's command reference.
std::optional<Duration> server_timeout(std::string_view request);

}  // namespace grapevine::client::route
