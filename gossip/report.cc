#include "gossip/report.h"

#include <algorithm>

#include "gossip/data.h"
#include "gossip/failure.h"

namespace grapevine::gossip {
namespace {

std::uint16_t flags_of(const Core& core, const Member& member) {
    unsigned flags = 0;
    if (&member == &core.self()) flags |= flag_myself;
    if (!member.handshake) flags |= member.role == Role::primary ? flag_primary : flag_replica;
    if (member.suspected) flags |= flag_suspected;
    if (member.failed) flags |= flag_failed;
    if (member.handshake) flags |= flag_handshake;
    if (member.meet) flags |= flag_meet;
    if (!member.has_address() && &member != &core.self()) flags |= flag_no_address;
    if (member.no_failover) flags |= flag_no_failover;
    return static_cast<std::uint16_t>(flags);
}

std::size_t valid_reports(const Core& core, const Member& member) {
    const auto valid = [&](const auto& report) { return is_valid_report(core, report.second); };
    return static_cast<std::size_t>(
        std::count_if(member.reports.begin(), member.reports.end(), valid));
}

MemberStatus status_of(const Core& core, const Member& member) {
    const bool is_self = &member == &core.self();
    MemberStatus status;
    status.id = member.id;
    status.shard = member.shard;
    status.endpoint = member.endpoint;
    status.hostname = member.hostname;
    status.flags = flags_of(core, member);
    status.primary = member.primary;
    status.config_epoch = member.config_epoch;
    status.replication_offset = is_self ? data_offset(core) : member.offset;
    status.slots = core.members.slots_of(member);
    status.ping_sent = member.ping_sent;
    status.pong_received = member.pong_received;
    status.link_up = is_self || member.link_up;
    status.failure_reports = valid_reports(core, member);
    status.grapevine = member.grapevine;
    status.witnesses = (is_self ? core.witnesses : member.witnesses).value_or(Witnesses{});
    return status;
}

void count_slots(const Member& member, Status& status, std::size_t count) {
    status.slots_assigned += count;
    if (member.failed) {
        status.slots_failed += count;
    } else if (member.suspected) {
        status.slots_suspected += count;
    }
}

void count_in_step(const Core& core, Status& status) {
    core.members.for_each([&](const Member& member) {
        const bool peer = &member != &core.self() && !member.handshake && member.reachable();
        if (!peer) return;
        ++status.reachable;
        if (member.current_epoch == core.current_epoch) ++status.in_step;
    });
}

std::vector<OpenSlot> list(const std::map<slots::Slot, NodeId>& open) {
    std::vector<OpenSlot> result;
    for (const auto& [slot, peer] : open) result.push_back({slot, peer});
    return result;
}

}  // namespace

Status status_of(const Core& core) {
    Status status;
    status.self = core.self().id;
    status.kin = core.kin;
    status.current_epoch = core.current_epoch;
    status.last_vote_epoch = core.last_vote_epoch;
    status.serving = core.serving;
    status.fenced = core.fenced;
    status.size = core.members.voters();
    core.members.for_each([&](const Member& member) {
        status.members.push_back(status_of(core, member));
        count_slots(member, status, member.owned.size());
    });
    for (const auto& [id, link] : core.links) {
        if (link.up) status.links.push_back({link.outbound, link.peer, link.since, id});
    }
    status.migrating = list(core.migrating_to);
    status.importing = list(core.importing_from);
    status.sent = core.sent;
    status.received = core.received;
    status.figures = core.figures;
    status.map_age = core.now - core.figures.map_changed_at;
    count_in_step(core, status);
    return status;
}

}  // namespace grapevine::gossip
