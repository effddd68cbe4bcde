#include <grapevine/script.h>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

// script KEY ARGUMENT -> what a script answers that adds ARGUMENT to KEY
std::string script(Cluster& cluster, const Words& words) {
    const auto add = Script::load(cluster, "return redis.call('INCRBY', KEYS[1], ARGV[1])");
    if (!add) return text_of(add.error());
    return text_of(add->call(cluster.engine(), {words[0]}, {words[1]}).wait());
}

}  // namespace

void add_scripts(std::map<std::string, Action>& actions) {
    actions["script"] = script;
}

}  // namespace probe
