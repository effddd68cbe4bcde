// CLUSTER: what the cluster looks like from here, and how to change it.
#include <array>
#include <string>
#include <vector>

#include "node/admin/cluster_help.h"
#include "node/admin/cluster_order.h"
#include "node/admin/cluster_views.h"
#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/bus/bus.h"
#include "node/session/gather.h"
#include "slots/slot.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;
using commands::Command;
using session::Dispatcher;

// The workers' counts, as on_every_worker brings them.
std::uint64_t sum_of(const std::vector<std::string>& counts) {
    std::uint64_t sum = 0;
    for (const auto& count : counts) sum += std::stoull(count);
    return sum;
}

// --- What every worker knows.

Result<void> my_id(Request& request) {
    const auto* topology = request.worker().topology();
    if (topology == nullptr) return no_cluster();
    request.reply().bulk(topology->me().id.text());
    return {};
}

Result<void> my_shard_id(Request& request) {
    const auto* topology = request.worker().topology();
    if (topology == nullptr) return no_cluster();
    request.reply().bulk(topology->me().shard.text());
    return {};
}

Result<void> key_slot(Request& request) {
    if (request.services.bus == nullptr) return no_cluster();
    request.reply().integer(slots::slot_of(request.args()[2]).number);
    return {};
}

Result<void> help(Request& request) {
    if (request.services.bus == nullptr) return no_cluster();
    write_cluster_help(request.reply());
    return {};
}

// --- What the slot's worker knows.

std::uint64_t keys_of(Dispatcher& worker, slots::Slot slot) {
    return worker.keeper().databases()[0].counters(slot).keys;
}

Result<void> count_keys_in_slot(Request& request) {
    if (request.services.bus == nullptr) return no_cluster();
    const auto slot = parse_counted_slot(request.args());
    if (!slot) return slot.error();
    session::on_every_worker(
        request.talk,
        [slot = *slot](Dispatcher& worker) { return std::to_string(keys_of(worker, slot)); },
        [](const std::vector<std::string>& counts, Writer& reply) {
            reply.integer(static_cast<std::int64_t>(sum_of(counts)));
        });
    return {};
}

// The reply of the worker that keeps the slot; nothing from the others.
std::string keys_in_slot(Dispatcher& worker, const SlotAndCount& wanted) {
    if (!worker.keeper().keeps(wanted.slot)) return {};
    std::vector<std::string> keys;
    if (wanted.count > 0) {
        worker.keeper().databases()[0].for_each_in(wanted.slot, [&](std::string_view key) {
            keys.emplace_back(key);
            return keys.size() < wanted.count;
        });
    }
    std::string text;
    Writer reply(text);
    reply.array(keys.size());
    for (const auto& key : keys) reply.bulk(key);
    return text;
}

Result<void> get_keys_in_slot(Request& request) {
    if (request.services.bus == nullptr) return no_cluster();
    const auto wanted = parse_listed_slot(request.args());
    if (!wanted) return wanted.error();
    session::on_every_worker(
        request.talk,
        [wanted = *wanted](Dispatcher& worker) { return keys_in_slot(worker, wanted); },
        [](const std::vector<std::string>& parts, Writer& reply) {
            for (const auto& part : parts) reply.raw(part);
        });
    return {};
}

// --- Orders.

void give_order(bus::Bus& bus, gossip::Order order, const session::Answer& answer) {
    bus.obey(std::move(order), [answer](Result<std::string> reply) {
        if (!reply) return answer.give(reply.error());
        std::string text;
        Writer(text, answer.version()).simple(*reply);
        answer.give(std::move(text));
    });
}

// How many keys matter to the order, on one worker.
std::uint64_t asked_keys(Dispatcher& worker, const gossip::Order& order) {
    if (keys_asked_by(order) == KeysOf::node) return worker.keeper().databases().size();
    return keys_of(worker, std::get<gossip::SetSlot>(order).slot);
}

Result<void> obey(Request& request) {
    bus::Bus* bus = request.services.bus;
    if (bus == nullptr) return no_cluster();
    const auto order = parse_order(request.args());
    if (!order) return order.error();
    const auto answer = request.later();
    if (keys_asked_by(*order) == KeysOf::nobody) {
        give_order(*bus, *order, answer);
        return {};
    }
    session::on_every_worker(
        request.worker(),
        [order = *order](Dispatcher& worker) { return std::to_string(asked_keys(worker, order)); },
        [order = *order, bus, answer](const std::vector<std::string>& counts) {
            give_order(*bus, with_keys(order, sum_of(counts)), answer);
        });
    return {};
}

constexpr std::uint32_t anybody = commands::stale_ok;
constexpr std::uint32_t always = commands::stale_ok | commands::loading_ok;
constexpr std::uint32_t operators_only = commands::stale_ok | commands::admin_only;
constexpr std::uint32_t changes = operators_only | commands::no_async_loading;

constinit const std::array subcommands{
    Command{.name = "ADDSLOTS",
            .govern = obey,
            .arity = -3,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N slots",
            .summary = "Makes this node the owner of slots that nobody owns."},
    Command{.name = "ADDSLOTSRANGE",
            .govern = obey,
            .arity = -4,
            .flags = changes,
            .group = "cluster",
            .since = "7.0.0",
            .complexity = "O(N) with N slots",
            .summary = "Makes this node the owner of ranges of slots that nobody owns."},
    Command{.name = "BUMPEPOCH",
            .govern = obey,
            .arity = 2,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Gives this node a configuration epoch above all others."},
    Command{.name = "COUNT-FAILURE-REPORTS",
            .govern = cluster_failure_reports,
            .arity = 3,
            .flags = operators_only,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N reports",
            .summary = "How many other nodes say that a node has failed."},
    Command{.name = "COUNTKEYSINSLOT",
            .govern = count_keys_in_slot,
            .arity = 3,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "How many keys of a slot this node holds."},
    Command{.name = "DELSLOTS",
            .govern = obey,
            .arity = -3,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N slots",
            .summary = "Forgets here who owns slots."},
    Command{.name = "DELSLOTSRANGE",
            .govern = obey,
            .arity = -4,
            .flags = changes,
            .group = "cluster",
            .since = "7.0.0",
            .complexity = "O(N) with N slots",
            .summary = "Forgets here who owns ranges of slots."},
    Command{.name = "FAILOVER",
            .govern = obey,
            .arity = -2,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Makes this replica the primary of its shard."},
    Command{.name = "FLUSHSLOTS",
            .govern = obey,
            .arity = 2,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Forgets here who owns which slots."},
    Command{.name = "FORGET",
            .govern = obey,
            .arity = 3,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Removes a node from the cluster, as this node sees it."},
    Command{.name = "GETKEYSINSLOT",
            .govern = get_keys_in_slot,
            .arity = 4,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N keys asked for",
            .summary = "Some keys of a slot that this node holds."},
    Command{.name = "HELP",
            .govern = help,
            .arity = 2,
            .flags = always,
            .group = "cluster",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "What the subcommands do."},
    Command{.name = "HISTORY",
            .govern = cluster_history,
            .arity = -2,
            .flags = anybody,
            .group = "cluster",
            .since = "7.2.4",
            .complexity = "O(N) with N events",
            .summary = "What happened to the cluster as this node saw it, newest first."},
    Command{.name = "INFO",
            .govern = cluster_info,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "The state of the cluster in figures."},
    Command{.name = "KEYSLOT",
            .govern = key_slot,
            .arity = 3,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N bytes in the key",
            .summary = "The slot that a key belongs to."},
    Command{.name = "LINKS",
            .govern = cluster_links,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "7.0.0",
            .complexity = "O(N) with N nodes",
            .summary = "The connections of the cluster bus, to and from this node."},
    Command{.name = "MEET",
            .govern = obey,
            .arity = -4,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Introduces another node to the cluster of this one."},
    Command{.name = "MYID",
            .govern = my_id,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "The name of this node."},
    Command{.name = "MYSHARDID",
            .govern = my_shard_id,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "7.2.0",
            .complexity = "O(1)",
            .summary = "The name of this node's shard."},
    Command{.name = "NODES",
            .govern = cluster_nodes,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N nodes",
            .summary = "A line for each node that this one knows."},
    Command{.name = "REPLICAS",
            .govern = cluster_replicas,
            .arity = 3,
            .flags = operators_only,
            .group = "cluster",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "The lines of a primary's replicas."},
    Command{.name = "REPLICATE",
            .govern = obey,
            .arity = 3,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Makes this node a replica."},
    Command{.name = "RESET",
            .govern = obey,
            .arity = -2,
            .flags = operators_only | commands::no_script,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N known nodes; the keys of a replica are deleted",
            .summary = "Leaves the cluster and forgets it."},
    Command{.name = "SAVECONFIG",
            .govern = obey,
            .arity = 2,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Saves the state of the cluster now."},
    Command{.name = "SET-CONFIG-EPOCH",
            .govern = obey,
            .arity = 3,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Gives a new node its configuration epoch."},
    Command{.name = "SETSLOT",
            .govern = obey,
            .arity = -4,
            .flags = changes,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Opens a slot for moving, closes it again, or says who owns it."},
    Command{.name = "SHARDS",
            .govern = cluster_shards,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "7.0.0",
            .complexity = "O(N) with N nodes",
            .summary = "Each primary with its slots and its replicas."},
    Command{.name = "SLAVES",
            .govern = cluster_replicas,
            .arity = 3,
            .flags = operators_only,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "The lines of a primary's replicas."},
    Command{.name = "SLOTS",
            .govern = cluster_slots,
            .arity = 2,
            .flags = anybody,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(N) with N nodes",
            .summary = "Each range of slots with the nodes that serve it."},
};

constinit const std::array rows{
    Command{.name = "CLUSTER",
            .arity = -2,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "Depends on the subcommand",
            .summary = "What the cluster looks like from here, and how to change it.",
            .subcommands = subcommands},
};

}  // namespace

std::span<const Command> cluster_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
