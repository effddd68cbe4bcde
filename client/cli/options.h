// The command line of the grapevine tool.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "slots/identity.h"
#include "slots/result.h"

namespace grapevine::client::cli {

enum class ExitCode : int { healthy = 0, unhealthy = 1, usage = 2, unreachable = 4 };

enum class Verb { version, status };

struct Options {
    Verb verb = Verb::status;
    std::vector<slots::Endpoint> seeds;  // One or more.
    std::string password;                // Empty: none.
    std::chrono::milliseconds timeout{};
    bool json = false;
    bool colour = true;  // If the output is a terminal that wants it.
};

// The command line answers itself: help was asked for, or it makes no sense.
struct Answer {
    std::string text;
    ExitCode code;
};

// `arguments` are main's.
std::variant<Options, Answer> parse_command_line(int count, const char* const* arguments);

// "127.0.0.1:7001", "[::1]:7001" or "::1:7001". ERR when the host or the port is missing.
Result<slots::Endpoint> parse_endpoint(std::string_view text);

}  // namespace grapevine::client::cli
