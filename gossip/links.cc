#include "gossip/links.h"

#include <algorithm>
#include <utility>

#include "gossip/failure.h"
#include "gossip/heartbeat.h"
#include "gossip/mutant.h"
#include "gossip/twins.h"

namespace grapevine::gossip {
namespace {

// A process that is being killed may still accept a connection or two: only then does it refuse.
constexpr unsigned attempts_at_once = 3;
constexpr unsigned doublings = 6;

Duration backoff(const Timing& timing, unsigned attempts) {
    if (attempts < attempts_at_once) return Duration{0};
    const auto factor = 1 << std::min(attempts - attempts_at_once, doublings);
    return std::min(timing.reconnect_first * factor, timing.reconnect_limit);
}

// What we asked on this link has no answer: it may be half open, even if the peer is heard on
// others.
bool is_stale(const Core& core, const Member& member) {
    return !member.asked.empty() && core.now - member.asked.front().at > core.timing().stale_link();
}

void forget_link(Member& member) {
    member.link = {};
    member.link_up = member.unacknowledged = false;
    member.asked.clear();
}

void note_loss(const Core& core, Member& member, bool lost) {
    if (lost && !member.lost) member.lost_at = core.now;
    member.lost = lost;
}

void established(Core& core, Member& member, Link& link) {
    link.up = member.link_up = true;
    link.since = core.now;
    core.links_changed = true;
    greet(core, member);
}

// `severed`: by its side, and it had answered on it.
void ended(Core& core, Member& member, bool severed) {
    forget_link(member);
    core.map_changed = true;
    member.severed = member.severed || severed;
    member.turned_us_away = !member.pong_received;
    note_loss(core, member, member.severed);
    if (GRAPEVINE_MUTANT(reset_accuses)) judge_refusal(core, member);
    if (core.now >= member.next_attempt) connect(core, member);
}

// Perhaps it sees the same on its side of our own link, and thinks that we have crashed: whatever
// makes it accuse us has to fence us.
void ended_by_peer(Core& core, const NodeId& peer) {
    Member* member = core.members.find(peer);
    if (member == nullptr || member == &core.self()) return;
    note_loss(core, *member, member->lost || (member->severed && !member->link_up));
    if (!GRAPEVINE_MUTANT(reset_does_not_fence)) renew_contact(core, *member);
}

void not_connected(Core& core, Member& member, LinkEvent event) {
    forget_link(member);
    ++member.attempts;
    member.next_attempt =
        core.now + std::max(backoff(core.timing(), member.attempts), core.timing().reconnect_first);
    if (!member.ping_sent) member.ping_sent = core.now;  // Its silence counts from here.
    member.refused = event == LinkEvent::refused;
    if (member.refused) judge_refusal(core, member);
}

}  // namespace

void keep_links(Core& core) {
    core.members.for_each_peer([&](Member& member) {
        if (is_stale(core, member)) drop_link(core, member);
        if (member.link.number == 0 && core.now >= member.next_attempt) connect(core, member);
    });
}

void connect(Core& core, Member& member) {
    if (!member.has_address() || core.is_copy) return;
    const LinkId id{++core.last_link};
    Link& link = core.links[id];
    link.outbound = true;
    link.peer = member.id;
    link.since = core.now;
    member.link = id;
    ++member.attempts;
    member.attempted_at = core.now;
    member.next_attempt = core.now + backoff(core.timing(), member.attempts);
    core.effects.connect.push_back({id, member.endpoint.host, member.endpoint.bus_port});
}

void call_back(Core& core, Member& member) {
    if (member.link.number != 0) return;
    const Instant earliest = member.attempted_at + core.timing().reconnect_first;
    member.next_attempt = std::min(member.next_attempt, earliest);  // Else at the next tick.
    if (core.now >= member.next_attempt) connect(core, member);
}

void drop_link(Core& core, Member& member) {
    if (member.link.number == 0) return;
    // One that was never asked for needs no closing: the shell closes first and connects then.
    const auto unasked = std::erase_if(
        core.effects.connect, [&](const Connect& call) { return call.link == member.link; });
    if (unasked == 0) core.effects.close.push_back(member.link);
    core.links.erase(member.link);
    forget_link(member);
    core.map_changed = true;
}

LinkId accept(Core& core, std::string remote, std::string local) {
    const LinkId id{++core.last_link};
    Link& link = core.links[id];
    link.up = true;
    link.remote = std::move(remote);
    link.local = std::move(local);
    link.since = core.now;
    return id;
}

void link_event(Core& core, LinkId id, LinkEvent event) {
    const auto found = core.links.find(id);
    if (found == core.links.end()) return;
    const Link link = found->second;
    Member* member = link.outbound ? core.members.find(link.peer) : nullptr;
    if (event == LinkEvent::connected) {
        if (member != nullptr) established(core, *member, found->second);
        return;
    }
    if (event == LinkEvent::unacknowledged || event == LinkEvent::acknowledged) {
        if (member != nullptr) member->unacknowledged = event == LinkEvent::unacknowledged;
        return;
    }
    core.links.erase(found);
    if (event == LinkEvent::closed) note_end(core, link);
    if (!link.outbound) return ended_by_peer(core, link.peer);
    if (member == nullptr) return;
    if (event == LinkEvent::closed) return ended(core, *member, link.answered);
    // It may live beyond a cut: nobody has said that the process is gone.
    if (event == LinkEvent::given_up) return ended(core, *member, false);
    not_connected(core, *member, event);
}

}  // namespace grapevine::gossip
