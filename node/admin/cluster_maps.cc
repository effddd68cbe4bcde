#include "node/admin/cluster_maps.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "node/admin/cluster_text.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;
using gossip::MemberStatus;
using gossip::Status;

bool is_replica(const MemberStatus& member) {
    return (member.flags & gossip::flag_replica) != 0;
}

bool is_primary(const MemberStatus& member) {
    return (member.flags & gossip::flag_primary) != 0 &&
           (member.flags & gossip::flag_handshake) == 0;
}

bool has_failed(const MemberStatus& member) {
    return (member.flags & gossip::flag_failed) != 0;
}

// A replica that has never got any data is of no use to clients.
bool useful_to_clients(const MemberStatus& replica) {
    return !has_failed(replica) && replica.replication_offset != 0;
}

std::string_view endpoint_of(const MemberStatus& member, EndpointType type) {
    switch (type) {
        case EndpointType::hostname:
            return member.hostname.empty() ? std::string_view{"?"} : member.hostname;
        case EndpointType::unknown_endpoint:
            return {};
        case EndpointType::ip:
            break;
    }
    return member.endpoint.host;
}

// [endpoint, port, id, {the other ways to call it}]
void write_slots_node(const MemberStatus& member, EndpointType type, Writer& reply) {
    reply.array(4);
    if (type == EndpointType::unknown_endpoint) {
        reply.null();
    } else {
        reply.bulk(endpoint_of(member, type));
    }
    reply.integer(member.endpoint.port);
    reply.bulk(member.id.text());
    const bool with_ip = type != EndpointType::ip;
    const bool with_hostname = type != EndpointType::hostname && !member.hostname.empty();
    reply.map((with_ip ? 1u : 0u) + (with_hostname ? 1u : 0u));
    if (with_ip) {
        reply.bulk("ip");
        reply.bulk(member.endpoint.host);
    }
    if (with_hostname) {
        reply.bulk("hostname");
        reply.bulk(member.hostname);
    }
}

struct OwnedRange {
    slots::SlotRange range;
    const MemberStatus* owner;
};

std::vector<OwnedRange> owned_ranges(const Status& status) {
    std::vector<OwnedRange> owned;
    for (const MemberStatus& member : status.members) {
        if (is_replica(member)) continue;
        for (const auto& range : member.slots.ranges()) owned.push_back({range, &member});
    }
    std::sort(owned.begin(), owned.end(), [](const OwnedRange& a, const OwnedRange& b) {
        return a.range.first < b.range.first;
    });
    return owned;
}

std::string_view health_of(const MemberStatus& member) {
    if (has_failed(member)) return "fail";
    return is_replica(member) && member.replication_offset == 0 ? "loading" : "online";
}

void write_pair(Writer& reply, std::string_view key, std::string_view value) {
    reply.bulk(key);
    reply.bulk(value);
}

void write_pair(Writer& reply, std::string_view key, std::uint64_t value) {
    reply.bulk(key);
    reply.integer(static_cast<std::int64_t>(value));
}

void write_shard_node(const MemberStatus& member, EndpointType type, Writer& reply) {
    reply.map(member.hostname.empty() ? 7 : 8);
    write_pair(reply, "id", member.id.text());
    write_pair(reply, "port", std::uint64_t{member.endpoint.port});
    write_pair(reply, "ip", member.endpoint.host);
    write_pair(reply, "endpoint", endpoint_of(member, type));
    if (!member.hostname.empty()) write_pair(reply, "hostname", member.hostname);
    write_pair(reply, "role", is_replica(member) ? "replica" : "master");
    write_pair(reply, "replication-offset", member.replication_offset);
    write_pair(reply, "health", health_of(member));
}

void write_link(const gossip::LinkStatus& link, std::size_t unsent, std::int64_t offset,
                Writer& reply) {
    reply.map(6);
    write_pair(reply, "direction", link.outbound ? "to" : "from");
    write_pair(reply, "node", link.peer.text());
    write_pair(reply, "create-time", static_cast<std::uint64_t>(wall_ms_of(link.since, offset)));
    write_pair(reply, "events", unsent > 0 ? "rw" : "r");
    write_pair(reply, "send-buffer-allocated", unsent);
    write_pair(reply, "send-buffer-used", unsent);
}

void write_ranges(const slots::SlotSet& set, Writer& reply) {
    const auto ranges = set.ranges();
    reply.array(ranges.size() * 2);
    for (const auto& range : ranges) {
        reply.integer(range.first.number);
        reply.integer(range.last.number);
    }
}

void write_shard(const Status& status, const MemberStatus& primary, EndpointType type,
                 Writer& reply) {
    const auto replicas = replicas_of(status, primary.id);
    reply.map(2);
    reply.bulk("slots");
    write_ranges(primary.slots, reply);
    reply.bulk("nodes");
    reply.array(1 + replicas.size());
    write_shard_node(primary, type, reply);
    for (const MemberStatus* replica : replicas) write_shard_node(*replica, type, reply);
}

}  // namespace

void write_slots(const Status& status, EndpointType type, Writer& reply) {
    const auto owned = owned_ranges(status);
    reply.array(owned.size());
    for (const auto& [range, owner] : owned) {
        auto replicas = replicas_of(status, owner->id);
        std::erase_if(replicas, [](const auto* replica) { return !useful_to_clients(*replica); });
        reply.array(3 + replicas.size());
        reply.integer(range.first.number);
        reply.integer(range.last.number);
        write_slots_node(*owner, type, reply);
        for (const MemberStatus* replica : replicas) write_slots_node(*replica, type, reply);
    }
}

void write_shards(const Status& status, EndpointType type, Writer& reply) {
    reply.array(static_cast<std::size_t>(
        std::count_if(status.members.begin(), status.members.end(), is_primary)));
    for (const MemberStatus& member : status.members) {
        if (is_primary(member)) write_shard(status, member, type, reply);
    }
}

void write_links(const bus::Report& report, std::int64_t offset, Writer& reply) {
    auto links = report.cluster.links;
    std::erase_if(links, [](const gossip::LinkStatus& link) { return link.peer.none(); });
    reply.array(links.size());
    for (const auto& link : links) {
        const auto unsent = report.unsent.find(link.id);
        write_link(link, unsent == report.unsent.end() ? 0 : unsent->second, offset, reply);
    }
}

namespace {

void write_event(const bus::PastEvent& past, Writer& reply) {
    const auto& event = past.event;
    reply.map(5);
    reply.bulk("time");
    reply.integer(past.wall_ms);
    reply.bulk("event");
    reply.bulk(name_of(event.kind));
    reply.bulk("node");
    reply.bulk(event.about.text());
    reply.bulk("epoch");
    reply.integer(static_cast<std::int64_t>(event.epoch));
    reply.bulk("detail");
    reply.bulk(event.detail);
}

}  // namespace

void write_history(const bus::History& history, std::size_t count, Writer& reply) {
    const auto& events = history.events();
    const auto wanted = std::min(count, events.size());
    reply.array(wanted);
    for (std::size_t i = 0; i < wanted; ++i) write_event(events[events.size() - 1 - i], reply);
}

}  // namespace grapevine::node::admin
