#include "client/cli/health.h"

#include <algorithm>
#include <fmt/format.h>

namespace grapevine::client::cli {
namespace {

using Problems = std::vector<Problem>;

std::string redis_cli(const Node& node, std::string_view command) {
    return fmt::format("redis-cli -h {} -p {} {}", node.endpoint.host, node.endpoint.port, command);
}

std::string name_of(const Node& node) {
    return to_string(node.endpoint);
}

void judge_coverage(const Cluster& cluster, Problems& problems) {
    slots::SlotSet missing = slots::SlotSet::all();
    cluster.slots().for_each([&](slots::Slot slot) { missing.erase(slot); });
    if (missing.empty()) return;
    problems.push_back(
        {fmt::format("{} slots have no owner: {}", missing.size(), to_string(missing)),
         fmt::format("give them one: redis-cli --cluster fix {}", to_string(cluster.asked)),
         Verdict::down});
}

void judge_primary(const Shard& shard, Problems& problems) {
    const Node& primary = shard.primary;
    if (primary.answers()) return;
    const auto heir = std::ranges::find_if(shard.replicas, &Node::answers);
    const std::string remedy =
        heir == shard.replicas.end()
            ? "start it again: no replica of it is alive"
            : fmt::format("its replica should take over by itself; if it does not: {}",
                          redis_cli(*heir, "cluster failover takeover"));
    problems.push_back(
        {fmt::format("{}, primary of shard {} ({} slots), does not answer: {}", name_of(primary),
                     shard.name, shard.slots.size(), primary.trouble),
         remedy, shard.slots.empty() ? Verdict::degraded : Verdict::down});
}

void judge_replica(const Shard& shard, const Node& replica, Problems& problems) {
    const std::string who = fmt::format("{}, replica of shard {},", name_of(replica), shard.name);
    if (!replica.answers()) {
        problems.push_back(
            {fmt::format("{} does not answer: {}", who, replica.trouble), "start it again"});
    } else if (replica.is_copying) {
        problems.push_back({who + " still copies its primary's data",
                            "wait until it has; until then the shard lacks this replica"});
    } else if (replica.is_cut_off && shard.primary.answers()) {
        problems.push_back({who + " has no link to its primary",
                            "read its log; masterauth must be the primary's password"});
    }
}

void judge_stray(const Cluster& cluster, const Node& node, Problems& problems) {
    problems.push_back(
        {fmt::format("{}, without slots, does not answer: {}", name_of(node), node.trouble),
         fmt::format("start it again, or forget it: redis-cli --cluster call {} cluster forget {}",
                     to_string(cluster.asked), node.id.text())});
}

void judge_view(const Cluster& cluster, const Shard* shard, const Node& node, Problems& problems) {
    if (node.is_loading) {
        problems.push_back({name_of(node) + " still loads its data from the disk",
                            "wait until it has",
                            shard && &shard->primary == &node ? Verdict::down : Verdict::degraded});
    }
    if (node.disagrees > 0) {
        problems.push_back({fmt::format("{} and {} disagree about the owners of {} slots",
                                        name_of(node), to_string(cluster.asked), node.disagrees),
                            fmt::format("wait some seconds for the news to spread; if it stays: "
                                        "redis-cli --cluster check {}",
                                        to_string(cluster.asked))});
    }
}

void judge_refusals(const Cluster& cluster, Problems& problems) {
    std::string names;
    bool includes_primary = false;
    for_each_node(cluster, [&](const Shard* shard, const Node& node) {
        if (!node.refuses) return;
        names += (names.empty() ? "" : ", ") + name_of(node);
        includes_primary |= shard && &shard->primary == &node;
    });
    if (names.empty()) return;
    problems.push_back({"the cluster is down (cluster_state:fail) for " + names,
                        problems.empty() ? "wait some seconds; if it stays, read their logs"
                                         : "mend what is said above; this follows from it",
                        includes_primary ? Verdict::down : Verdict::degraded});
}

}  // namespace

std::vector<Problem> problems_of(const Cluster& cluster) {
    Problems problems;
    judge_coverage(cluster, problems);
    for (const Shard& shard : cluster.shards) judge_primary(shard, problems);
    for (const Shard& shard : cluster.shards) {
        for (const Node& replica : shard.replicas) judge_replica(shard, replica, problems);
    }
    for (const Node& node : cluster.strays) judge_stray(cluster, node, problems);
    for_each_node(cluster, [&](const Shard* shard, const Node& node) {
        judge_view(cluster, shard, node, problems);
    });
    judge_refusals(cluster, problems);
    std::ranges::stable_sort(problems, std::ranges::greater{}, &Problem::severity);
    return problems;
}

Verdict verdict_on(const std::vector<Problem>& problems) {
    return problems.empty() ? Verdict::ok : problems.front().severity;
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "OK";
        case Verdict::degraded:
            return "DEGRADED";
        case Verdict::down:
            return "DOWN";
    }
    return {};
}

}  // namespace grapevine::client::cli
