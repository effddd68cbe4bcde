#include "client/cli/cluster.h"

#include <algorithm>

namespace grapevine::client::cli {
namespace {

using Owners = std::vector<slots::NodeId>;  // Of every slot; none where there is no owner.
using Reports = std::map<slots::NodeId, Report>;

// The primary that lives comes first: after a failover the failed one may still be called one.
std::vector<ListedNode> primary_first(std::vector<ListedNode> nodes) {
    std::stable_sort(nodes.begin(), nodes.end(), [](const ListedNode& a, const ListedNode& b) {
        const auto rank = [](const ListedNode& node) {
            return node.is_primary ? (node.is_failed ? 1 : 0) : 2;
        };
        return rank(a) < rank(b);
    });
    return nodes;
}

Owners owners_of(const std::vector<ListedShard>& shards) {
    Owners owners(slots::slot_count);
    for (const ListedShard& shard : shards) {
        if (shard.nodes.empty()) continue;
        const slots::NodeId owner = primary_first(shard.nodes).front().id;
        shard.slots.for_each([&](slots::Slot slot) { owners[slot.number] = owner; });
    }
    return owners;
}

std::int64_t differences(const Owners& one, const Owners& other) {
    std::int64_t count = 0;
    for (std::size_t slot = 0; slot < one.size(); ++slot) count += one[slot] != other[slot];
    return count;
}

bool says(const Facts& facts, std::string_view name, std::string_view value) {
    const auto fact = facts.find(name);
    return fact != facts.end() && fact->second == value;
}

void describe(Node& node, const Report& report, const Owners& owners) {
    const bool is_replica = says(report.info, "role", "slave");
    node.keys = keys_of(report.info);
    node.memory = number_of(report.info, "used_memory");
    node.operations = number_of(report.info, "instantaneous_ops_per_sec");
    node.epoch = number_of(report.cluster, "cluster_my_epoch");
    node.offset = number_of(report.info, is_replica ? "slave_repl_offset" : "master_repl_offset");
    node.is_loading = says(report.info, "loading", "1");
    node.is_copying = says(report.info, "master_sync_in_progress", "1");
    node.is_cut_off = is_replica && !says(report.info, "master_link_status", "up");
    node.refuses = says(report.cluster, "cluster_state", "fail");
    node.disagrees = differences(owners_of(report.shards), owners);
}

Node node_from(const ListedNode& listed, const Reports& reports, const Owners& owners) {
    Node node;
    node.id = listed.id;
    node.endpoint = listed.endpoint;
    const auto found = reports.find(listed.id);
    node.trouble = found == reports.end() ? "it was not asked" : found->second.trouble;
    if (node.answers()) describe(node, found->second, owners);
    return node;
}

std::string name_of(std::size_t index) {
    if (index < 26) return std::string(1, static_cast<char>('A' + index));
    if (index < 52) return std::string(1, static_cast<char>('a' + index - 26));
    return std::to_string(index + 1);
}

// Those without slots come last.
std::uint32_t order_of(const ListedShard& shard) {
    const auto first = shard.slots.first_from(0);
    return first ? first->number : slots::slot_count;
}

std::vector<ListedShard> in_order(std::vector<ListedShard> shards) {
    std::stable_sort(shards.begin(), shards.end(),
                     [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
    return shards;
}

void add_shard(Cluster& cluster, const slots::SlotSet& slots, std::vector<Node> nodes) {
    if (nodes.empty()) return;
    if (slots.empty() && std::ranges::none_of(nodes, &Node::answers)) {
        cluster.strays.insert(cluster.strays.end(), nodes.begin(), nodes.end());
        return;
    }
    Shard shard{name_of(cluster.shards.size()), slots, std::move(nodes.front()), {}};
    shard.replicas.assign(std::next(nodes.begin()), nodes.end());
    cluster.shards.push_back(std::move(shard));
}

}  // namespace

std::int64_t Shard::lag_of(const Node& replica) const {
    return std::max<std::int64_t>(0, primary.offset - replica.offset);
}

std::int64_t Cluster::total(std::int64_t Node::* what) const {
    std::int64_t sum = 0;
    for (const Shard& shard : shards) sum += shard.primary.*what;
    return sum;
}

slots::SlotSet Cluster::slots() const {
    slots::SlotSet all;
    for (const Shard& shard : shards) {
        shard.slots.for_each([&](slots::Slot slot) { all.insert(slot); });
    }
    return all;
}

std::size_t Cluster::nodes() const {
    std::size_t count = strays.size();
    for (const Shard& shard : shards) count += 1 + shard.replicas.size();
    return count;
}

void for_each_node(const Cluster& cluster,
                   const std::function<void(const Shard*, const Node&)>& visit) {
    for (const Shard& shard : cluster.shards) {
        visit(&shard, shard.primary);
        for (const Node& replica : shard.replicas) visit(&shard, replica);
    }
    for (const Node& node : cluster.strays) visit(nullptr, node);
}

Cluster assemble(const slots::Endpoint& asked, const std::vector<ListedShard>& shards,
                 const std::map<slots::NodeId, Report>& reports) {
    Cluster cluster;
    cluster.asked = asked;
    const Owners owners = owners_of(shards);
    for (const ListedShard& listed : in_order(shards)) {
        std::vector<Node> nodes;
        for (const ListedNode& node : primary_first(listed.nodes)) {
            nodes.push_back(node_from(node, reports, owners));
        }
        add_shard(cluster, listed.slots, std::move(nodes));
    }
    for (const auto& [id, report] : reports) {
        cluster.epoch = std::max(cluster.epoch, number_of(report.cluster, "cluster_current_epoch"));
    }
    return cluster;
}

}  // namespace grapevine::client::cli
