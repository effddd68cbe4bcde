// How fast failures were noticed and mended, for INFO. Counted since this node was started.
#pragma once

#include <algorithm>
#include <cstdint>

#include "gossip/timing.h"

namespace grapevine::gossip {

struct Figures {
    std::uint64_t accusations = 0;  // How often this node has suspected a peer.
    std::uint64_t withdrawn = 0;    // How often one of these answered before it was failed.
    std::uint64_t failures = 0;     // How often a majority has failed a peer.
    // From its last message, or from the end of its links where that was seen, to its failure.
    Duration last_detection{0};
    Duration longest_detection{0};
    std::uint64_t takeovers = 0;  // How often this node has taken its primary's place.
    Duration last_takeover{0};    // From that one's failure, as known here; 0 when it was ordered.
    Instant map_changed_at{};     // When clients were last shown another map.

    void detected(Duration after) {
        ++failures;
        last_detection = after;
        longest_detection = std::max(longest_detection, after);
    }
    void took_over(Duration after) {
        ++takeovers;
        last_takeover = after;
    }
};

}  // namespace grapevine::gossip
