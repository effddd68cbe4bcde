// The figures of a client in the text format that Prometheus reads (version 0.0.4).
#pragma once

#include <grapevine/figures.h>
#include <string>

namespace grapevine::client {

// Names begin with "grapevine_client_"; each node has a label node="host:port". Times in seconds.
std::string to_prometheus(const Figures& figures);

}  // namespace grapevine::client
