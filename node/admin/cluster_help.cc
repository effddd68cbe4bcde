#include "node/admin/cluster_help.h"

#include <array>
#include <string_view>

namespace grapevine::node::admin {
namespace {

constexpr auto lines = std::to_array<std::string_view>({
    "CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "ADDSLOTS <slot> [<slot> ...]",
    "    Make this node the owner of slots that nobody owns.",
    "ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    The same for ranges of slots.",
    "BUMPEPOCH",
    "    Give this node a configuration epoch above all others.",
    "COUNT-FAILURE-REPORTS <node-id>",
    "    How many other nodes say that a node has failed.",
    "COUNTKEYSINSLOT <slot>",
    "    How many keys of a slot this node holds.",
    "DELSLOTS <slot> [<slot> ...]",
    "    Forget here who owns slots.",
    "DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    The same for ranges of slots.",
    "FAILOVER [FORCE|TAKEOVER]",
    "    Make this replica the primary: agreed with it, by vote, or without asking anybody.",
    "FLUSHSLOTS",
    "    Forget here who owns which slots. This node must hold no keys.",
    "FORGET <node-id>",
    "    Remove a node from the cluster, as this node sees it, for a minute at least.",
    "GETKEYSINSLOT <slot> <count>",
    "    Some keys of a slot that this node holds.",
    "HISTORY [<count>]",
    "    What happened, when and why, as this node saw it; newest first, 20 without a count.",
    "INFO",
    "    The state of the cluster in figures.",
    "KEYSLOT <key>",
    "    The slot that a key belongs to.",
    "LINKS",
    "    The connections of the cluster bus, to and from this node.",
    "MEET <ip> <port> [<bus-port>]",
    "    Introduce another node to the cluster of this one.",
    "MYID",
    "    The name of this node.",
    "MYSHARDID",
    "    The name of this node's shard.",
    "NODES",
    "    A line for each node that this one knows:",
    "    <id> <ip:port@bus-port> <flags> <primary> <ping> <pong> <epoch> <link> <slot> ...",
    "REPLICAS <node-id>",
    "    The lines of a primary's replicas.",
    "REPLICATE <node-id>",
    "    Make this node a replica.",
    "RESET [HARD|SOFT]",
    "    Leave the cluster and forget it; HARD: take a new name, too.",
    "SAVECONFIG",
    "    Save the state of the cluster now.",
    "SET-CONFIG-EPOCH <epoch>",
    "    Give a new node its configuration epoch.",
    "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
    "    Open a slot for moving, close it again, or say who owns it.",
    "SHARDS",
    "    Each primary with its slots and its replicas.",
    "SLAVES <node-id>",
    "    The same as REPLICAS.",
    "SLOTS",
    "    Each range of slots with the nodes that serve it.",
    "HELP",
    "    This text.",
});

}  // namespace

void write_cluster_help(client::resp::Writer& reply) {
    reply.array(lines.size());
    for (const auto line : lines) reply.simple(line);
}

}  // namespace grapevine::node::admin
