// From redis.conf text and command-line arguments to a Config.
#pragma once

#include <string>
#include <vector>

#include "node/config/directives.h"
#include "node/config/row.h"

namespace grapevine::node::config {

struct Loaded {
    Config config;
    std::string file;  // The first argument, when it names a configuration file. May be "-".
};

// Reads `[FILE] [--directive value ...]` as redis-server takes it: what comes later wins, but for
// `save` and `accept-unsupported`, which add up. The first word behind a directive is its value
// even when it begins with "--"; only `--save` may go without one, and then means "never".
//
// Errors say where and what: "redis.conf:12: unknown directive 'prot', did you mean 'port'?"
Result<Loaded> load(Words arguments, const Files& files);

// Applies directives in their order. `include` is ignored here: load() has followed it.
Result<void> apply_directives(const std::vector<Directive>& directives, Config& config);

// What no single directive can say. Also turns values into their effective ones (hz within 1 to
// 500, a backlog of at least 16 KB), as Redis does.
Result<void> settle(Config& config);

// Whether `config` sets this directive to a promise that is not kept and that the user did not
// accept.
bool is_refused(const Row& row, const Config& config);

// Directives that merely tune and that the user has changed: without effect, said once at start.
std::vector<std::string> silent_tunings(const Config& config);
// Promises that are not kept although the user set them, accepted by name.
std::vector<std::string> accepted_promises(const Config& config);

}  // namespace grapevine::node::config
