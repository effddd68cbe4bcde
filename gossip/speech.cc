#include "gossip/speech.h"

#include <algorithm>
#include <utility>

#include "gossip/claims.h"
#include "gossip/data.h"
#include "gossip/heartbeat.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

std::uint16_t flags_of_self(const Core& core, const Claim& claim) {
    unsigned flags = flag_myself | (claim.primary.none() ? flag_primary : flag_replica);
    if (core.self().no_failover) flags |= flag_no_failover;
    return static_cast<std::uint16_t>(flags);
}

Header header_of(const Core& core, const Claim& claim, const Body& body) {
    const Member& self = core.self();
    Header header;
    header.sender = self.id;
    header.current_epoch = claim.current_epoch;
    header.config_epoch = claim.config_epoch;
    header.offset = data_offset(core);
    header.slots = claim.slots;
    header.primary = claim.primary;
    header.host = core.settings.announce.host;
    header.port = self.endpoint.port;
    header.secondary_port = self.secondary_port;
    header.bus_port = self.endpoint.bus_port;
    header.flags = flags_of_self(core, claim);
    header.serving = core.serving;
    header.paused =
        self.role == Role::primary && core.manual.active && core.replication.writes_held;
    header.forced =
        std::holds_alternative<VoteRequest>(body) && (core.manual.active || saves_data(core));
    header.extensible = std::holds_alternative<Heartbeat>(body);
    header.capabilities = knows_grapevine | reads_packed_frames;
    if (core.pulses) header.capabilities |= keeps_short_leases;
    header.process = core.process;
    return header;
}

// Messages that may wait for a disk that hangs. The oldest are of the least use to anybody; but a
// candidate asks all members at once.
std::size_t most_held(const Core& core) {
    constexpr std::size_t usual = 1024;
    return std::max(usual, 2 * core.members.size());
}

// Our own link, or the one on which the member calls us: what it waits for must not wait for ours.
LinkId way_to(const Core& core, const Member& member) {
    if (member.link_up) return member.link;
    LinkId newest;
    for (const auto& [id, link] : core.links) {
        if (!link.outbound && link.up && link.peer == member.id) newest = id;
    }
    return newest;
}

void emit(Core& core, LinkId link, Message&& message) {
    const auto found = core.links.find(link);
    if (found == core.links.end() || !found->second.up) return;
    if (const auto type = type_of(message)) ++core.sent[static_cast<std::size_t>(*type)];
    Send& sent = core.effects.send.emplace_back();
    sent.link = link;
    sent.message = std::move(message);
}

// A request for votes in an election that has been given up since: it would be voted for
// nevertheless, and nobody be elected.
bool is_over(const Core& core, const Held& held) {
    const bool asks = std::holds_alternative<VoteRequest>(held.message.body);
    const bool stands =
        core.election.asked && core.election.epoch == held.message.header.current_epoch;
    return asks && !stands && !GRAPEVINE_MUTANT(epoch_not_raised);
}

}  // namespace

Claim claim_of(const Core& core) {
    const Member& self = core.self();
    const Member* primary = core.members.primary_of(self);
    Claim claim;
    claim.current_epoch = core.current_epoch;
    claim.primary = self.primary;
    claim.config_epoch = primary == nullptr ? self.config_epoch : primary->config_epoch;
    if (primary != nullptr) claim.slots = heritage(core, *primary);
    return claim;
}

void say(Core& core, LinkId link, Body body, std::uint16_t marks) {
    if (GRAPEVINE_MUTANT(claim_before_save)) core.spoken = claim_of(core);
    Message message{header_of(core, core.spoken, body), std::move(body)};
    message.header.capabilities |= marks;
    emit(core, link, std::move(message));
}

void say(Core& core, const Member& member, Body body) {
    const bool heartbeat =
        std::holds_alternative<Heartbeat>(body);  // It is about the link as well.
    say(core, heartbeat ? member.link : way_to(core, member), std::move(body));
}

void say_to_all(Core& core, const Body& body) {
    core.members.for_each_peer([&](Member& member) {
        if (!member.handshake) say(core, member, body);
    });
}

void say_once_saved(Core& core, const Member& member, Body body) {
    Message message{header_of(core, claim_of(core), body), std::move(body)};
    const bool hasty =
        (GRAPEVINE_MUTANT(vote_before_save) && std::holds_alternative<Vote>(message.body)) ||
        (GRAPEVINE_MUTANT(request_before_save) &&
         std::holds_alternative<VoteRequest>(message.body));
    if (core.latest() <= core.saved || hasty) {
        return emit(core, way_to(core, member), std::move(message));
    }
    if (core.held.size() >= most_held(core)) core.held.pop_front();
    core.held.push_back({core.latest(), member.id, std::move(message)});
}

void release_saved(Core& core, Generation generation) {
    core.saved = std::max(core.saved, std::min(generation, core.issued));
    bool tell = false;
    while (!core.pending.empty() && core.pending.front().generation <= core.saved) {
        core.spoken = core.pending.front().claim;
        core.spoken_generation = core.pending.front().generation;
        tell = tell || core.pending.front().tell_everyone;
        core.pending.pop_front();
    }
    // Never before the claim that it was made under: later heartbeats must not say less.
    while (!core.held.empty() && core.held.front().generation <= core.spoken_generation) {
        Held& held = core.held.front();
        const Member* to = core.members.find(held.to);
        if (to != nullptr && !is_over(core, held)) {
            emit(core, way_to(core, *to), std::move(held.message));
        }
        core.held.pop_front();
    }
    // Who has just taken over needs answers before it may write: see gossip/fence.h.
    if (tell) core.fenced ? ping_everyone(core) : pong_everyone(core);
    if (core.map_needs <= core.saved) core.map_changed = true;
}

}  // namespace grapevine::gossip
