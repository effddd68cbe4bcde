// CONFIG GET and CONFIG SET, without the commands around them. Pure: the caller publishes what
// comes out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/config/row.h"

namespace grapevine::node::config {

// Whether a glob pattern matches all of a text, both in lower case (node/commands/glob.h has one).
using Matches = bool (*)(std::string_view pattern, std::string_view text);

// Names and values that any of the patterns names, each once, older names as well, as Redis does.
// A name without wildcards is answered as it was asked for.
std::vector<std::pair<std::string, std::string>> get(const Config& config,
                                                     std::span<const std::string_view> patterns,
                                                     Matches matches);

struct Changed {
    Config config;
    std::vector<std::string_view> names;  // What really changed, by its present name.
};

// All pairs of name and value, or none of them. `local`: the client is on this machine.
// Errors are worded as redis-server 7.0 words them:
// "ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be parsed into an
// integer"
Result<Changed> set(const Config& config, std::span<const std::string_view> names_and_values,
                    bool local);

}  // namespace grapevine::node::config
