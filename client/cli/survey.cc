#include "client/cli/survey.h"

#include <fmt/format.h>
#include <future>

namespace grapevine::client::cli {
namespace {

using Shards = std::vector<ListedShard>;

struct Seed {
    slots::Endpoint endpoint;
    Shards shards;
};

Report trouble(std::string text) {
    return Report{std::move(text), {}, {}, {}};
}

Report report_of(const slots::Endpoint& node, const Ask& ask) {
    const auto replies = ask(node, {{"INFO"}, {"CLUSTER", "INFO"}, {"CLUSTER", "SHARDS"}});
    if (!replies) return trouble(replies.error().text);
    for (const resp::Value& reply : *replies) {
        if (reply.is_error()) return trouble(reply.text);
    }
    auto shards = parse_shards((*replies)[2], node);
    if (!shards) return trouble(shards.error().text);
    return Report{{}, parse_facts((*replies)[0].text), parse_facts((*replies)[1].text), *shards};
}

std::map<slots::NodeId, Report> reports_of(const Shards& shards, const Ask& ask) {
    std::map<slots::NodeId, std::future<Report>> pending;
    for (const ListedShard& shard : shards) {
        for (const ListedNode& node : shard.nodes) {
            pending[node.id] = std::async(std::launch::async, [&ask, endpoint = node.endpoint] {
                return report_of(endpoint, ask);
            });
        }
    }
    std::map<slots::NodeId, Report> reports;
    for (auto& [id, report] : pending) reports.emplace(id, report.get());
    return reports;
}

// What to do about a node's refusal.
std::string_view remedy_for(std::string_view refusal) {
    if (refusal.find("cluster support disabled") != std::string_view::npos) {
        return "start it with --cluster-enabled yes, or name a node of a cluster with -c";
    }
    if (refusal.starts_with("NOAUTH")) return "give --password or set GRAPEVINE_PASSWORD";
    if (refusal.starts_with("WRONGPASS")) return "check --password or GRAPEVINE_PASSWORD";
    return "see whether it is a cluster node of Redis 7.0 or newer, or of Grapevine";
}

Error refused(const slots::Endpoint& seed, std::string_view refusal) {
    return Error{
        fmt::format("ERR {} refuses: {}\n{}", to_string(seed), refusal, remedy_for(refusal))};
}

Error unreachable(const std::string& reasons) {
    return Error{
        fmt::format("UNREACHABLE cannot reach {}\nstart a cluster with "
                    "`scripts/cluster start`, or name a node that runs: -c HOST:PORT",
                    reasons)};
}

Result<Seed> find_seed(const std::vector<slots::Endpoint>& seeds, const Ask& ask) {
    std::string reasons;
    for (const slots::Endpoint& seed : seeds) {
        const auto replies = ask(seed, {{"CLUSTER", "SHARDS"}});
        if (replies) {
            auto shards = parse_shards(replies->front(), seed);
            if (!shards) return refused(seed, shards.error().text);
            return Seed{seed, *std::move(shards)};
        }
        reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", to_string(seed),
                               replies.error().text);
    }
    return unreachable(reasons);
}

}  // namespace

Result<Cluster> survey(const std::vector<slots::Endpoint>& seeds, const Ask& ask) {
    const auto seed = find_seed(seeds, ask);
    if (!seed) return seed.error();
    return assemble(seed->endpoint, seed->shards, reports_of(seed->shards, ask));
}

}  // namespace grapevine::client::cli
