#include "node/admin/command_remarks.h"

#include <algorithm>
#include <array>

namespace grapevine::node::admin {
namespace {

using commands::Command;

struct FlagName {
    std::uint32_t flag;
    std::string_view name;
};

constexpr std::array flag_table{
    FlagName{commands::writes, "write"},
    FlagName{commands::reads, "readonly"},
    FlagName{commands::deny_oom, "denyoom"},
    FlagName{commands::admin_only, "admin"},
    FlagName{commands::pub_sub, "pubsub"},
    FlagName{commands::no_script, "noscript"},
    FlagName{commands::blocks, "blocking"},
    FlagName{commands::loading_ok, "loading"},
    FlagName{commands::stale_ok, "stale"},
    FlagName{commands::skip_monitor, "skip_monitor"},
    FlagName{commands::skip_slowlog, "skip_slowlog"},
    FlagName{commands::asking_ok, "asking"},
    FlagName{commands::fast, "fast"},
    FlagName{commands::no_auth, "no_auth"},
    FlagName{commands::may_replicate, "may_replicate"},
    FlagName{commands::movable_keys, "movablekeys"},
    FlagName{commands::no_async_loading, "no_async_loading"},
    FlagName{commands::no_multi, "no_multi"},
};

struct GroupCategory {
    std::string_view group;
    std::string_view category;
};

constexpr std::array group_table{
    GroupCategory{"string", "string"},         GroupCategory{"generic", "keyspace"},
    GroupCategory{"bitmap", "bitmap"},         GroupCategory{"pubsub", "pubsub"},
    GroupCategory{"connection", "connection"}, GroupCategory{"transactions", "transaction"},
};

// As redis-server 7.0 describes them.
struct Remark {
    std::string_view name;
    std::vector<std::string_view> categories;
    std::vector<std::string_view> tips;
};

const std::vector<Remark>& remarks() {
    static const std::vector<Remark> all{
        {"asking", {"connection"}, {}},
        {"client|info", {}, {"nondeterministic_output"}},
        {"client|list", {}, {"nondeterministic_output"}},
        {"cluster|bumpepoch", {}, {"nondeterministic_output"}},
        {"cluster|count-failure-reports", {}, {"nondeterministic_output"}},
        {"cluster|getkeysinslot", {}, {"nondeterministic_output"}},
        {"cluster|info", {}, {"nondeterministic_output"}},
        {"cluster|links", {}, {"nondeterministic_output"}},
        {"cluster|nodes", {}, {"nondeterministic_output"}},
        {"cluster|replicas", {}, {"nondeterministic_output"}},
        {"cluster|shards", {}, {"nondeterministic_output"}},
        {"cluster|slaves", {}, {"nondeterministic_output"}},
        {"cluster|slots", {}, {"nondeterministic_output"}},
        {"command", {"connection"}, {"nondeterministic_output_order"}},
        {"command|count", {"connection"}, {}},
        {"command|docs", {"connection"}, {"nondeterministic_output_order"}},
        {"command|getkeys", {"connection"}, {}},
        {"command|getkeysandflags", {"connection"}, {}},
        {"command|help", {"connection"}, {}},
        {"command|info", {"connection"}, {"nondeterministic_output_order"}},
        {"command|list", {"connection"}, {"nondeterministic_output_order"}},
        {"config|set", {}, {"request_policy:all_nodes", "response_policy:all_succeeded"}},
        {"dbsize", {"keyspace"}, {"request_policy:all_shards", "response_policy:agg_sum"}},
        {"del", {}, {"request_policy:multi_shard", "response_policy:agg_sum"}},
        {"dump", {}, {"nondeterministic_output"}},
        {"exists", {}, {"request_policy:multi_shard", "response_policy:agg_sum"}},
        {"flushall",
         {"keyspace", "dangerous"},
         {"request_policy:all_shards", "response_policy:all_succeeded"}},
        {"flushdb",
         {"keyspace", "dangerous"},
         {"request_policy:all_shards", "response_policy:all_succeeded"}},
        {"info",
         {"dangerous"},
         {"nondeterministic_output", "request_policy:all_shards", "response_policy:special"}},
        {"keys", {"dangerous"}, {"request_policy:all_shards", "nondeterministic_output_order"}},
        {"lastsave", {"admin", "dangerous"}, {"nondeterministic_output"}},
        {"mget", {}, {"request_policy:multi_shard"}},
        {"mset", {}, {"request_policy:multi_shard", "response_policy:all_succeeded"}},
        {"msetnx", {}, {"request_policy:multi_shard", "response_policy:agg_min"}},
        {"object|encoding", {}, {"nondeterministic_output"}},
        {"object|freq", {}, {"nondeterministic_output"}},
        {"object|idletime", {}, {"nondeterministic_output"}},
        {"object|refcount", {}, {"nondeterministic_output"}},
        {"ping", {}, {"request_policy:all_shards", "response_policy:all_succeeded"}},
        {"pttl", {}, {"nondeterministic_output"}},
        {"randomkey", {}, {"request_policy:all_shards", "nondeterministic_output"}},
        {"readonly", {"connection"}, {}},
        {"readwrite", {"connection"}, {}},
        {"restore", {"dangerous"}, {}},
        {"restore-asking", {"keyspace", "dangerous"}, {}},
        {"role", {"admin", "dangerous"}, {}},
        {"scan", {}, {"nondeterministic_output", "request_policy:special"}},
        {"swapdb", {"keyspace", "dangerous"}, {}},
        {"time", {}, {"nondeterministic_output"}},
        {"touch", {}, {"request_policy:multi_shard", "response_policy:agg_sum"}},
        {"ttl", {}, {"nondeterministic_output"}},
        {"unlink", {}, {"request_policy:multi_shard", "response_policy:agg_sum"}},
        {"wait", {"connection"}, {"request_policy:all_shards", "response_policy:agg_min"}},
    };
    return all;
}

const Remark* find_remark(std::string_view name) {
    const auto found = std::find_if(remarks().begin(), remarks().end(),
                                    [&](const Remark& remark) { return remark.name == name; });
    return found == remarks().end() ? nullptr : &*found;
}

bool has(const Command& command, std::uint32_t flag) {
    return (command.flags & flag) != 0;
}

}  // namespace

std::vector<std::string_view> flag_names(const Command& command) {
    std::vector<std::string_view> names;
    for (const auto& [flag, name] : flag_table) {
        if (has(command, flag)) names.push_back(name);
    }
    return names;
}

std::vector<std::string> categories(const session::Entry& entry) {
    const auto& command = *entry.command;
    std::vector<std::string> found;
    const auto add = [&](std::string_view name) { found.push_back('@' + std::string(name)); };
    if (has(command, commands::writes)) add("write");
    if (has(command, commands::reads)) add("read");
    for (const auto& [group, category] : group_table) {
        // What merely holds subcommands touches nothing itself.
        if (command.group == group && entry.subcommands.empty()) add(category);
    }
    if (has(command, commands::admin_only)) add("admin");
    if (has(command, commands::admin_only)) add("dangerous");
    add(has(command, commands::fast) ? "fast" : "slow");
    if (has(command, commands::blocks)) add("blocking");
    if (const auto* remark = find_remark(entry.full_name)) {
        for (const auto name : remark->categories) add(name);
    }
    return found;
}

bool is_category(std::string_view name) {
    constexpr std::array known{
        "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
        "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
        "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};
    return std::any_of(known.begin(), known.end(),
                       [&](std::string_view each) { return session::same_name(each, name); });
}

std::vector<std::string_view> tips(const session::Entry& entry) {
    const auto* remark = find_remark(entry.full_name);
    return remark == nullptr ? std::vector<std::string_view>{} : remark->tips;
}

std::vector<std::string_view> key_flags(const Command& command) {
    if (has(command, commands::writes)) return {"RW", "access", "update"};
    return {"RO", "access"};
}

}  // namespace grapevine::node::admin
