#include "tests/client/probe/probe.h"

namespace probe {
namespace {

// read COMMAND KEY ...: by the policy of the options.
std::string read_once(Cluster& cluster, const Words& words) {
    return text_of(cluster.call(request_of(words, Trait::reads)).wait());
}

// served: "host:port requests" of each node so far.
std::string served(Cluster& cluster, const Words&) {
    std::string text;
    for (const NodeFigures& node : cluster.figures().nodes)
        text += (text.empty() ? "" : ",") + node.node + " " + std::to_string(node.requests);
    return text;
}

}  // namespace

void add_reads(std::map<std::string, Action>& actions) {
    actions["read"] = read_once;
    actions["served"] = served;
}

}  // namespace probe
