// What happened to the cluster, as this node saw it: the newest events, for CLUSTER HISTORY.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "gossip/effects.h"

namespace grapevine::node::bus {

struct PastEvent {
    std::int64_t wall_ms = 0;  // Since 1970.
    gossip::Event event;
};

class History {
public:
    static constexpr std::size_t longest = 1000;

    void add(std::int64_t wall_ms, gossip::Event event) {
        if (events_.size() == longest) events_.pop_front();
        events_.push_back({wall_ms, std::move(event)});
    }
    // Oldest first.
    const std::deque<PastEvent>& events() const { return events_; }

private:
    std::deque<PastEvent> events_;
};

}  // namespace grapevine::node::bus
