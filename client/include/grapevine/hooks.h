// What a client can tell while it works, to whoever wants to know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grapevine::client {

// Nodes are named "host:port".
struct Shard {
    std::string primary;
    std::vector<std::string> replicas;
    unsigned slots = 0;  // That the primary serves.
};

struct Topology {
    std::vector<Shard> shards;
};

// A call was not served by a node and will be tried again. Views are valid during the call.
struct Setback {
    std::string_view reason;  // "MOVED 3999 10.0.0.7:6379", "LOST 10.0.0.7:6379: ...", ...
    std::string_view node;    // That it was sent to.
    unsigned attempts = 0;    // How often it was sent so far.
    bool redirected = false;  // MOVED or ASK: it goes on at once, to where it was sent.
};

}  // namespace grapevine::client
