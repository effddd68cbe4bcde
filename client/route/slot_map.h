// Which node serves which slot, as a client believes it.
#pragma once

#include <array>
#include <cstdint>
#include <grapevine/reply.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "slots/identity.h"
#include "slots/result.h"
#include "slots/slot.h"

namespace grapevine::client::route {

// A node's place in a Directory. Never reused for another address.
using NodeIndex = std::uint16_t;
inline constexpr NodeIndex no_node = 0xffff;

// The addresses that were ever heard of, numbered. "host:port" or, for a unix socket, its path.
class Directory {
public:
    // At most 65,534 different ones; no_node after that.
    NodeIndex index_of(std::string_view host, std::uint16_t port);
    const slots::Endpoint& endpoint(NodeIndex node) const { return endpoints_[node]; }
    std::size_t size() const { return endpoints_.size(); }

private:
    std::vector<slots::Endpoint> endpoints_;
};

class SlotMap {
public:
    NodeIndex primary_of(std::uint16_t slot) const { return owner_[slot]; }
    // Of the shard whose primary this is. Empty when none is known.
    const std::vector<NodeIndex>& replicas_of(NodeIndex primary) const;
    void set_primary(std::uint16_t slot, NodeIndex node) { owner_[slot] = node; }
    // All slots of one primary are another's now, usually a replica's of it.
    void promote(NodeIndex primary, NodeIndex heir);
    void set_all(NodeIndex node) { owner_.fill(node); }
    bool is_primary(NodeIndex node) const;
    bool covers_all() const;
    unsigned slots_of(NodeIndex primary) const;
    // Every node that the map names, without repetition.
    std::vector<NodeIndex> nodes() const;

    // Of a reply to CLUSTER SLOTS (Redis 7.0): [first, last, [host, port, id, metadata] primary,
    // replicas...]. An empty or null host means `asked`, "?" an unknown one, as in MOVED. Errors:
    // ERR with what was not understood; an empty map is none.
    static slots::Result<SlotMap> parse(const Reply& slots_reply, NodeIndex asked,
                                        Directory& directory);

    bool operator==(const SlotMap&) const = default;

private:
    struct Shard {
        NodeIndex primary = no_node;
        std::vector<NodeIndex> replicas;
        bool operator==(const Shard&) const = default;
    };
    void add_shard(Shard shard);

    std::array<NodeIndex, slots::slot_count> owner_ = filled();
    std::vector<Shard> shards_;
    static std::array<NodeIndex, slots::slot_count> filled();
};

}  // namespace grapevine::client::route
