#include <iostream>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

// block COMMAND KEY ... -> "sent", and a line with its reply once that is there
std::string block(Cluster& cluster, const Words& words) {
    cluster.call(request_of(words, Trait::blocks))
        .within(std::chrono::milliseconds(500))
        .then([](Result<Value> reply) { std::cout << text_of(reply) + "\n"
                                                  << std::flush; });
    return "sent";
}

std::string connections(Cluster& cluster, const Words&) {
    return std::to_string(cluster.figures().connections);
}

}  // namespace

void add_blocking(std::map<std::string, Action>& actions) {
    actions["block"] = block;
    actions["connections"] = connections;
}

}  // namespace probe
