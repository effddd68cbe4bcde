#include "gossip/orders.h"

#include "gossip/claims.h"
#include "gossip/graves.h"
#include "gossip/handshake.h"
#include "gossip/kinship.h"
#include "gossip/links.h"
#include "gossip/manual_failover.h"

namespace grapevine::gossip {
namespace {

std::string ok() {
    return "OK";
}

Error unknown_node(const NodeId& id) {
    return {"ERR Unknown node " + std::string(id.text())};
}

// An IPv4 or IPv6 address by its characters; the shell's connect has the last word.
bool looks_like_address(const std::string& host) {
    if (host.empty() || host.size() > 45) return false;
    if (host.find(':') != std::string::npos) {
        return host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
    }
    return host.find_first_not_of("0123456789.") == std::string::npos;
}

Result<std::string> carry_out(Core& core, const Meet& order) {
    if (!looks_like_address(order.host) || order.port == 0 || order.bus_port == 0) {
        return Error{"ERR Invalid node address specified: " + order.host + ":" +
                     std::to_string(order.port)};
    }
    meet(core, {order.host, order.port, order.bus_port}, order.by_seed);
    return ok();
}

Result<std::string> carry_out(Core& core, const Forget& order) {
    if (core.members.find(order.id) == nullptr) {
        // Others have told already: whoever orders it node by node has what it wants (Redis 7.2).
        if (is_banned(core, order.id) || is_buried(core, order.id)) return ok();
        return unknown_node(order.id);
    }
    if (order.id == core.self().id) return Error{"ERR I tried hard but I can't forget myself..."};
    if (order.id == core.self().primary) return Error{"ERR Can't forget my master!"};
    bury(core, order.id);
    forget(core, order.id, core.timing().forget_ban);
    return ok();
}

Result<std::string> carry_out(Core& core, const Replicate& order) {
    Member* primary = core.members.find(order.id);
    if (primary == nullptr) return unknown_node(order.id);
    if (primary == &core.self()) return Error{"ERR Can't replicate myself"};
    if (primary->role == Role::replica) {
        return Error{"ERR I can only replicate a master, not a replica."};
    }
    const bool owns = core.members.owns_slots(core.self());
    if (core.self().role == Role::primary && (owns || order.has_keys)) {
        return Error{"ERR To set a master the node must be empty and without assigned slots."};
    }
    follow(core, *primary, By::order);  // Whatever it has lost.
    return ok();
}

void forget_everybody(Core& core) {
    std::vector<NodeId> peers;
    core.members.for_each_peer([&](Member& member) { peers.push_back(member.id); });
    for (const NodeId& id : peers) {
        drop_link(core, *core.members.find(id));
        core.members.remove(id);
    }
}

// What was promised under the old name is not to be said under the new one.
void become_nobody(Core& core) {
    core.spoken = {};
    core.pending.clear();
    core.held.clear();
    core.current_epoch = core.last_vote_epoch = 0;
    core.self().config_epoch = 0;
    core.members.rename(core.self(), core.random.id<NodeId>());
    core.is_copy = false;  // Of whom?
    core.recognised = true;
}

Result<std::string> carry_out(Core& core, const Reset& order) {
    Member& self = core.self();
    if (self.role == Role::primary && order.has_keys) {
        return Error{"ERR CLUSTER RESET can't be called with master nodes containing keys"};
    }
    end_manual_failover(core);
    core.election = {};
    core.heir_since.reset();
    if (self.role == Role::replica) core.effects.announce.push_back(FollowNobody{});
    core.members.set_role(self, Role::primary);
    self.primary = NodeId{};
    self.shard = core.random.id<ShardId>();
    core.members.release_all(self);
    core.migrating_to.clear();
    core.importing_from.clear();
    forget_everybody(core);
    core.graves.clear();  // They belong to the cluster that it leaves.
    become_kinless(core);
    if (order.hard) become_nobody(core);
    core.must_save();
    return ok();
}

Result<std::string> carry_out(Core& core, const SetConfigEpoch& order) {
    if (order.epoch < 0) {
        return Error{"ERR Invalid config epoch specified: " + std::to_string(order.epoch)};
    }
    if (core.members.size() > 1) {
        return Error{
            "ERR The user can assign a config epoch only when the node does not know any other "
            "node."};
    }
    if (core.self().config_epoch != 0) return Error{"ERR Node config epoch is already non-zero"};
    core.self().config_epoch = static_cast<std::uint64_t>(order.epoch);
    core.current_epoch = greatest_epoch(core);
    core.must_save();
    return ok();
}

Result<std::string> carry_out(Core& core, const BumpEpoch&) {
    const bool bumped = bump_epoch(core);
    return (bumped ? "BUMPED " : "STILL ") + std::to_string(core.self().config_epoch);
}

Result<std::string> carry_out(Core& core, const Failover& order) {
    return start_manual_failover(core, order.mode);
}

Result<std::string> carry_out(Core& core, const SaveConfig&) {
    core.must_save();
    return ok();
}

}  // namespace

Result<std::string> carry_out(Core& core, const Order& order) {
    return std::visit([&](const auto& any) { return carry_out(core, any); }, order);
}

bool promises(const Order& order) {
    const auto* failover = std::get_if<Failover>(&order);
    const bool asks_others = failover != nullptr && failover->mode != Failover::Mode::takeover;
    return !asks_others && !std::holds_alternative<Meet>(order);
}

}  // namespace grapevine::gossip
