#include "gossip/handshake.h"

#include <algorithm>
#include <utility>

#include "gossip/data.h"
#include "gossip/graves.h"
#include "gossip/heartbeat.h"
#include "gossip/links.h"
#include "gossip/mutant.h"
#include "gossip/twins.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;
constexpr std::uint64_t longest_ban_seconds = 7 * 24 * 3600;
// Whoever reaches the bus can name nodes that do not exist: there must be an end to it. No cluster
// is larger: so many slots there are.
constexpr std::size_t most_members = 16'384;
// They are told in each heartbeat.
constexpr std::size_t most_bans = 1024;

Member stranger(Core& core, const slots::Endpoint& endpoint) {
    Member member;
    member.id = core.random.id<NodeId>();
    member.endpoint = endpoint;
    member.handshake = true;
    member.joined_at = member.heard_at = core.now;
    return member;
}

Member* met_already(Core& core, const slots::Endpoint& endpoint) {
    Member* found = nullptr;
    core.members.for_each_peer([&](Member& member) {
        const bool there =
            member.endpoint.host == endpoint.host && member.endpoint.bus_port == endpoint.bus_port;
        if (member.handshake && there) found = &member;
    });
    return found;
}

void start_handshake(Core& core, const slots::Endpoint& endpoint, bool by_seed) {
    if (Member* met = met_already(core, endpoint)) {
        met->by_seed = met->by_seed && by_seed;
        return;
    }
    Member& member = core.members.add(stranger(core, endpoint));
    member.meet = true;
    member.by_seed = by_seed;
    connect(core, member);
}

void leave(Core& core, Member& member) {
    drop_link(core, member);
    core.members.remove(member.id);
}

void welcome(Core& core, Member& member) {
    core.somebody_is_hot = true;
    member.joined_at = member.heard_at = core.now;
    // A newcomer counts as heard until it has had time to answer: the fence is about those whom we
    // lose. It has promised nothing yet, but it will not accuse us that soon.
    member.contact_until = core.now + std::min(core.timing().fence(), 2 * core.timing().pulse);
    if (member.shard.none()) member.shard = core.random.id<ShardId>();
    core.must_save();
    core.happened(Kind::node_joined, member.id, to_string(member.endpoint));
}

// It is in the table under its name already: perhaps elsewhere.
void meet_again(Core& core, Member& member, Member& known, const Header& header) {
    const slots::Endpoint endpoint{member.endpoint.host, header.port, header.bus_port};
    const bool stays = member.by_seed && known.link_up;
    leave(core, member);
    if (stays) return;  // One host may have several addresses.
    move_member(core, known, endpoint, header.secondary_port);
}

// It is ourselves: at least we know now where we are. Unless it is a twin of ours.
void meet_oneself(Core& core, Member& member, bool is_twin) {
    Member& self = core.self();
    if (member.by_seed && !self.has_address() && !is_twin) {
        self.endpoint.host = member.endpoint.host;
        core.must_save();
    }
    leave(core, member);
}

bool was_forgotten(const Core& core, const NodeId& id) {
    return is_banned(core, id) || is_buried(core, id);
}

// An operator's word does.
void lift_ban(Core& core, const NodeId& id) {
    exhume(core, id);
    core.banned.erase(id);
    core.pardoned[id] = core.now + core.timing().forget_ban;
}

}  // namespace

void meet(Core& core, const slots::Endpoint& endpoint, bool by_seed) {
    start_handshake(core, endpoint, by_seed);
    if (by_seed) return;
    // Whoever orders it again has reason to: one that is nearly over gets all its time anew.
    Member* met = met_already(core, endpoint);
    if (met == nullptr) return;
    met->joined_at = met->next_attempt = core.now;
    met->meet = true;
}

void be_met(Core& core, LinkId link, const Header& header) {
    const std::string& host = header.host.empty() ? core.links.at(link).remote : header.host;
    const bool by_seed = (header.capabilities & met_by_seed) != 0;
    if (host.empty() || core.members.size() >= most_members) return;
    if (by_seed && was_forgotten(core, header.sender)) return;
    start_handshake(core, {host, header.port, header.bus_port}, by_seed);
}

bool finish_handshake(Core& core, Member& member, const Header& header) {
    Member* known = core.members.find(header.sender);
    if (known == &core.self()) {
        meet_oneself(core, member, is_of_twin(core, header));
        return false;
    }
    if (known != nullptr) {
        meet_again(core, member, *known, header);
        return false;
    }
    if (member.by_seed && was_forgotten(core, header.sender)) {
        leave(core, member);
        return false;
    }
    core.members.rename(member, header.sender);
    core.links.at(member.link).peer = header.sender;
    if (!member.by_seed) lift_ban(core, header.sender);
    member.handshake = member.meet = member.by_seed = false;
    member.endpoint.port = header.port;
    member.secondary_port = header.secondary_port;
    welcome(core, member);
    ping_everyone(core);
    return true;
}

void turn_away(Core& core, Member& member, const Header& header) {
    core.happened(Kind::message_refused, header.sender,
                  to_string(member.endpoint) + " is of another cluster: CLUSTER RESET it first");
    leave(core, member);
}

void drop_late_handshakes(Core& core) {
    std::vector<Member*> late;
    core.members.for_each_peer([&](Member& member) {
        const bool expired = core.now - member.joined_at > core.timing().handshake();
        if (member.handshake && expired) late.push_back(&member);
    });
    for (Member* member : late) leave(core, *member);
}

void learn_own_address(Core& core, LinkId id, bool met, bool by_member) {
    const Link& link = core.links.at(id);
    Member& self = core.self();
    const bool first = by_member && !std::exchange(core.reached, core.reached || by_member);
    const bool wanted = met || first || !self.has_address();
    if (!wanted || !core.settings.announce.host.empty() || link.local.empty()) return;
    if (self.endpoint.host == link.local) return;
    self.endpoint.host = link.local;
    core.must_save();
    core.map_changed = true;
}

void move_member(Core& core, Member& member, const slots::Endpoint& endpoint,
                 std::uint16_t secondary_port) {
    if (member.endpoint == endpoint) return;
    member.endpoint = endpoint;
    member.secondary_port = secondary_port;
    drop_link(core, member);
    member.severed = member.lost = member.departed = false;  // What has ended was elsewhere.
    connect(core, member);
    core.must_save();
    core.happened(Kind::node_moved, member.id, to_string(endpoint));
    if (core.self().primary == member.id) {
        announce_primary(core, member);
    }
}

void join(Core& core, const Rumour& rumour) {
    if (core.members.size() >= most_members) return;
    Member newcomer;
    newcomer.id = rumour.id;
    newcomer.endpoint = {rumour.host, rumour.port, rumour.bus_port};
    newcomer.secondary_port = rumour.secondary_port;
    newcomer.role = (rumour.flags & flag_replica) != 0 ? Role::replica : Role::primary;
    Member& member = core.members.add(std::move(newcomer));
    welcome(core, member);
    connect(core, member);
}

void forget(Core& core, const NodeId& id, Duration ban) {
    Member* member = core.members.find(id);
    if (member == nullptr) return;
    leave(core, *member);
    if (!GRAPEVINE_MUTANT(forget_without_ban)) core.banned[id] = core.now + ban;
    core.pardoned.erase(id);
    core.must_save();
    core.happened(Kind::node_forgotten, id);
}

void forget_on_hearsay(Core& core, const Forgotten& forgotten, const Member& sender) {
    const bool spared = forgotten.id == core.self().id || forgotten.id == sender.id ||
                        forgotten.id == core.self().primary || forgotten.seconds == 0 ||
                        core.banned.size() >= most_bans;
    // A Grapevine that was told to forget it again would say so by its grave.
    if (sender.grapevine && is_back(core, forgotten.id)) return;
    const auto pardon = core.pardoned.find(forgotten.id);
    if (spared || (pardon != core.pardoned.end() && pardon->second > core.now)) return;
    const auto seconds = std::min(forgotten.seconds, longest_ban_seconds);
    forget(core, forgotten.id, std::chrono::seconds(seconds));
}

bool is_banned(const Core& core, const NodeId& id) {
    const auto found = core.banned.find(id);
    return found != core.banned.end() && found->second > core.now;
}

}  // namespace grapevine::gossip
