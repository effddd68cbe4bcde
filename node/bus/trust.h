// Whom the bus believes: who has the cluster's key, and whom the operator has let off.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "node/bus/seal.h"
#include "node/config/network.h"

namespace grapevine::node::bus {

struct Trust {
    std::optional<Key> current;   // None: everybody is believed, as Redis does.
    std::optional<Key> previous;  // Good as well, while keys are replaced.
    std::vector<config::Network> open_peers;

    // Whether peers at `host`, an IP address, need no key.
    bool is_open(std::string_view host) const {
        if (!current) return true;
        const auto address = config::parse_address(host.substr(0, host.find('%')));
        return address && std::any_of(open_peers.begin(), open_peers.end(),
                                      [&](const auto& peers) { return peers.contains(*address); });
    }
    bool operator==(const Trust&) const = default;
};

}  // namespace grapevine::node::bus
