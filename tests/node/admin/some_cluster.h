// A small cluster, as one of its nodes sees it.
#pragma once

#include <string>

#include "gossip/status.h"

namespace grapevine::node::admin {

inline slots::NodeId id_of(char digit) {
    return *slots::NodeId::parse(std::string(slots::NodeId::size, digit));
}

inline gossip::Instant instant(std::int64_t ms) {
    return gossip::Instant{gossip::Duration{ms}};
}

inline gossip::MemberStatus primary(char digit, std::uint16_t port, const std::string& slots) {
    gossip::MemberStatus member;
    member.id = id_of(digit);
    member.endpoint = {"10.0.0.1", port, static_cast<std::uint16_t>(port + 10'000)};
    member.flags = gossip::flag_primary;
    member.config_epoch = 3;
    member.replication_offset = 100;
    member.link_up = true;
    member.slots = *slots::SlotSet::parse(slots);
    return member;
}

inline gossip::MemberStatus replica(char digit, std::uint16_t port, char of) {
    auto member = primary(digit, port, "");
    member.flags = gossip::flag_replica;
    member.primary = id_of(of);
    return member;
}

// a: this node, 0-99 and 200; b: 100-199; c: a replica of b.
inline gossip::Status three_nodes() {
    gossip::Status status;
    status.self = id_of('a');
    status.current_epoch = 7;
    status.serving = true;
    status.size = 2;
    status.slots_assigned = 201;
    status.members = {primary('a', 7001, "0-99 200"), primary('b', 7002, "100-199"),
                      replica('c', 7003, 'b')};
    status.members[0].flags |= gossip::flag_myself;
    return status;
}

}  // namespace grapevine::node::admin
