// When a node asked what its peers have answered, counted without the core: each answer on a link
// belongs to the oldest question on it.
#pragma once

#include <deque>
#include <map>

#include "tests/sim/check.h"

namespace grapevine::sim {

class Contacts {
public:
    void say(const Machine& machine, const gossip::Send& it, const NodeId& to,
             gossip::Instant now) {
        const auto* heartbeat = std::get_if<gossip::Heartbeat>(&it.message.body);
        const bool asks = heartbeat != nullptr && heartbeat->kind != gossip::Heartbeat::Kind::pong;
        const auto link = machine.belief().links.find(it.link);
        if (!asks || link == machine.belief().links.end() || !link->second.outbound) return;
        Asked& asked = asked_[to];
        if (asked.link != it.link) asked = {it.link, {}};
        asked.at.push_back(now);
    }
    void hear(const Turn& turn) {
        if (turn.kind != Turn::Kind::message) return;
        const auto* heartbeat = std::get_if<gossip::Heartbeat>(&turn.message->body);
        if (heartbeat == nullptr || heartbeat->kind != gossip::Heartbeat::Kind::pong) return;
        const NodeId& sender = turn.message->header.sender;
        const auto asked = asked_.find(sender);
        if (asked == asked_.end() || asked->second.link != turn.link) return;
        if (asked->second.at.empty()) return;
        since_[sender] = asked->second.at.front();
        asked->second.at.pop_front();
    }
    // The beginning of time when it never answered.
    gossip::Instant since(const NodeId& peer) const {
        const auto found = since_.find(peer);
        return found == since_.end() ? gossip::Instant{} : found->second;
    }

private:
    struct Asked {
        LinkId link;
        std::deque<gossip::Instant> at;
    };
    std::map<NodeId, Asked> asked_;  // On the newest link to each peer.
    std::map<NodeId, gossip::Instant> since_;
};

}  // namespace grapevine::sim
