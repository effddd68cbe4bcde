#include "node/admin/gossip_json.h"

#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace grapevine::node::admin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array flag_names{
    std::pair{gossip::flag_myself, "myself"},
    std::pair{gossip::flag_primary, "primary"},
    std::pair{gossip::flag_replica, "replica"},
    std::pair{gossip::flag_suspected, "suspected"},
    std::pair{gossip::flag_failed, "failed"},
    std::pair{gossip::flag_handshake, "handshake"},
    std::pair{gossip::flag_no_address, "no address"},
    std::pair{gossip::flag_no_failover, "no failover"},
};

Json flags_of(std::uint16_t flags) {
    Json names = Json::array();
    for (const auto& [flag, name] : flag_names) {
        if ((flags & flag) != 0) names.push_back(name);
    }
    return names;
}

Json before(const std::optional<gossip::Instant>& at, gossip::Instant now) {
    return at ? Json((now - *at).count()) : Json();
}

Json names(const gossip::Witnesses& witnesses) {
    Json list = Json::array();
    for (const auto& id : witnesses) list.push_back(id.text());
    return list;
}

Json member_json(const gossip::MemberStatus& member, gossip::Instant now) {
    return {{"id", member.id.text()},
            {"shard", member.shard.text()},
            {"address", to_string(member.endpoint)},
            {"bus_port", member.endpoint.bus_port},
            {"hostname", member.hostname},
            {"flags", flags_of(member.flags)},
            {"primary", member.primary.text()},
            {"config_epoch", member.config_epoch},
            {"offset", member.replication_offset},
            {"slots", to_string(member.slots)},
            {"asked_ms_ago", before(member.ping_sent, now)},
            {"answered_ms_ago", before(member.pong_received, now)},
            {"link_up", member.link_up},
            {"failure_reports", member.failure_reports},
            {"grapevine", member.grapevine},
            {"witnesses", names(member.witnesses)}};
}

Json link_json(const gossip::LinkStatus& link, const bus::Report& report, gossip::Instant now) {
    const auto unsent = report.unsent.find(link.id);
    return {{"direction", link.outbound ? "to" : "from"},
            {"peer", link.peer.text()},
            {"age_ms", (now - link.since).count()},
            {"unsent_bytes", unsent == report.unsent.end() ? 0 : unsent->second}};
}

Json open_slots(const std::vector<gossip::OpenSlot>& open) {
    Json slots = Json::object();
    for (const auto& [slot, peer] : open) slots[std::to_string(slot.number)] = peer.text();
    return slots;
}

Json counts_json(const gossip::MessageCounts& counts) {
    Json json = Json::object();
    for (std::size_t type = 0; type < counts.size(); ++type) {
        json[std::string(name_of(static_cast<gossip::MessageType>(type)))] = counts[type];
    }
    return json;
}

}  // namespace

std::string gossip_json(const bus::Report& report, gossip::Instant now) {
    const auto& cluster = report.cluster;
    Json json = {{"self", cluster.self.text()},
                 {"cluster_id", fmt::format("{:016x}", cluster.kin.cluster)},
                 {"cluster_id_settled", cluster.kin.settled},
                 {"current_epoch", cluster.current_epoch},
                 {"last_vote_epoch", cluster.last_vote_epoch},
                 {"serving", cluster.serving},
                 {"fenced", cluster.fenced},
                 {"primaries_with_slots", cluster.size}};
    for (const auto& member : cluster.members) json["members"].push_back(member_json(member, now));
    json["links"] = Json::array();
    for (const auto& link : cluster.links) json["links"].push_back(link_json(link, report, now));
    json["migrating"] = open_slots(cluster.migrating);
    json["importing"] = open_slots(cluster.importing);
    json["sent"] = counts_json(cluster.sent);
    json["received"] = counts_json(cluster.received);
    return json.dump(1);
}

}  // namespace grapevine::node::admin
