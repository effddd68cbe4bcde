#include "node/admin/cluster_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace grapevine::node::admin {
namespace {

using gossip::MemberStatus;
using gossip::Status;

struct FlagName {
    std::uint16_t flag;
    std::string_view name;
};
// In the order in which Redis prints them.
constexpr std::array flag_names{
    FlagName{gossip::flag_myself, "myself"},     FlagName{gossip::flag_primary, "master"},
    FlagName{gossip::flag_replica, "slave"},     FlagName{gossip::flag_suspected, "fail?"},
    FlagName{gossip::flag_failed, "fail"},       FlagName{gossip::flag_handshake, "handshake"},
    FlagName{gossip::flag_no_address, "noaddr"}, FlagName{gossip::flag_no_failover, "nofailover"},
};

std::string flags_text(std::uint16_t flags) {
    // Who has failed is not called suspected, too.
    if ((flags & gossip::flag_failed) != 0)
        flags &= static_cast<std::uint16_t>(~gossip::flag_suspected);
    std::string text;
    for (const auto& [flag, name] : flag_names) {
        if ((flags & flag) == 0) continue;
        if (!text.empty()) text += ',';
        text += name;
    }
    return text.empty() ? "noflags" : text;
}

std::string address_text(const MemberStatus& member) {
    const auto& [host, port, bus_port] = member.endpoint;
    const std::string_view comma = member.hostname.empty() ? "" : ",";
    return fmt::format("{}:{}@{}{}{}", host, port, bus_port, comma, member.hostname);
}

std::int64_t wall_ms_or_zero(const std::optional<gossip::Instant>& instant, std::int64_t offset) {
    return instant ? wall_ms_of(*instant, offset) : 0;
}

// " [93->-id] [77-<-id]", in the order of slots.
std::string open_slots_text(const Status& status) {
    std::map<slots::Slot, std::string> open;
    for (const auto& [slot, peer] : status.importing) {
        open[slot] = fmt::format(" [{}-<-{}]", slot.number, peer.text());
    }
    for (const auto& [slot, peer] : status.migrating) {
        open[slot] = fmt::format(" [{}->-{}]", slot.number, peer.text());
    }
    std::string text;
    for (const auto& [slot, part] : open) text += part;
    return text;
}

// A replica serves under its primary's epoch.
std::uint64_t epoch_of(const Status& status, const MemberStatus& member) {
    const MemberStatus* primary = find_member(status, member.primary);
    return (primary != nullptr ? *primary : member).config_epoch;
}

std::string messages_text(const gossip::MessageCounts& counts, std::string_view direction) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        text +=
            fmt::format("cluster_stats_messages_{}_{}:{}\r\n",
                        gossip::name_of(static_cast<gossip::MessageType>(i)), direction, counts[i]);
    }
    return text + fmt::format("cluster_stats_messages_{}:{}\r\n", direction,
                              std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

}  // namespace

std::int64_t clock_offset(std::int64_t wall_ms, std::int64_t monotonic_us) {
    return wall_ms - monotonic_us / 1000;
}

std::int64_t wall_ms_of(gossip::Instant instant, std::int64_t offset) {
    return instant.time_since_epoch().count() + offset;
}

const MemberStatus* find_member(const Status& status, const slots::NodeId& id) {
    const auto at = std::find_if(status.members.begin(), status.members.end(),
                                 [&id](const MemberStatus& member) { return member.id == id; });
    return at == status.members.end() ? nullptr : &*at;
}

const MemberStatus& myself(const Status& status) {
    const MemberStatus* self = find_member(status, status.self);
    GRAPEVINE_CHECK(self != nullptr, "a node is a member of its own cluster");
    return *self;
}

std::vector<const MemberStatus*> replicas_of(const Status& status, const slots::NodeId& primary) {
    std::vector<const MemberStatus*> replicas;
    for (const MemberStatus& member : status.members) {
        if (!member.primary.none() && member.primary == primary) replicas.push_back(&member);
    }
    return replicas;
}

std::string node_line(const Status& status, const MemberStatus& member, std::int64_t offset) {
    const std::string_view primary = member.primary.none() ? "-" : member.primary.text();
    std::string line =
        fmt::format("{} {} {} {} {} {} {} {}", member.id.text(), address_text(member),
                    flags_text(member.flags), primary, wall_ms_or_zero(member.ping_sent, offset),
                    wall_ms_or_zero(member.pong_received, offset), epoch_of(status, member),
                    member.link_up ? "connected" : "disconnected");
    if (!member.slots.empty()) line += ' ' + slots::to_string(member.slots);
    if (member.id == status.self) line += open_slots_text(status);
    return line;
}

std::string nodes_text(const Status& status, std::int64_t offset) {
    std::string text;
    for (const MemberStatus& member : status.members) {
        text += node_line(status, member, offset) + '\n';
    }
    return text;
}

std::string info_text(const Status& status, std::uint64_t links_cut) {
    return fmt::format(
               "cluster_state:{}\r\n"
               "cluster_slots_assigned:{}\r\n"
               "cluster_slots_ok:{}\r\n"
               "cluster_slots_pfail:{}\r\n"
               "cluster_slots_fail:{}\r\n"
               "cluster_known_nodes:{}\r\n"
               "cluster_size:{}\r\n"
               "cluster_current_epoch:{}\r\n"
               "cluster_my_epoch:{}\r\n",
               status.serving ? "ok" : "fail", status.slots_assigned, status.slots_ok(),
               status.slots_suspected, status.slots_failed, status.members.size(), status.size,
               status.current_epoch, epoch_of(status, myself(status))) +
           messages_text(status.sent, "sent") + messages_text(status.received, "received") +
           fmt::format("total_cluster_links_buffer_limit_exceeded:{}\r\n", links_cut);
}

}  // namespace grapevine::node::admin
