#include "client/route/slot_map.h"

#include <algorithm>

namespace grapevine::client::route {
namespace {

struct Range {
    std::int64_t first = -1;
    std::int64_t last = -1;
    bool valid() const { return first >= 0 && first <= last && last < slots::slot_count; }
};

// -1 when it is none.
std::int64_t number_of(const Reply& field) {
    return field.kind() == Reply::Kind::integer ? field.integer() : -1;
}

// [host, port, id, metadata]; no_node when it names nobody.
NodeIndex read_node(const Reply& node, NodeIndex asked, Directory& directory) {
    std::string host;
    std::int64_t port = -1;
    std::size_t place = 0;
    for (const Reply field : node.elements()) {
        if (place == 0) host = field.text();
        if (place == 1) port = number_of(field);
        ++place;
    }
    if (place < 2 || port <= 0 || port > 65535 || host == "?") return no_node;
    if (host.empty() && asked == no_node) return no_node;
    if (host.empty()) host = directory.endpoint(asked).host;
    return directory.index_of(host, static_cast<std::uint16_t>(port));
}

}  // namespace

NodeIndex Directory::index_of(std::string_view host, std::uint16_t port) {
    const auto same = [&](const slots::Endpoint& endpoint) {
        return endpoint.port == port && endpoint.host == host;
    };
    const auto found = std::find_if(endpoints_.begin(), endpoints_.end(), same);
    if (found != endpoints_.end()) return static_cast<NodeIndex>(found - endpoints_.begin());
    if (endpoints_.size() >= no_node) return no_node;
    endpoints_.push_back({.host = std::string(host), .port = port});
    return static_cast<NodeIndex>(endpoints_.size() - 1);
}

std::array<NodeIndex, slots::slot_count> SlotMap::filled() {
    std::array<NodeIndex, slots::slot_count> none;
    none.fill(no_node);
    return none;
}

const std::vector<NodeIndex>& SlotMap::replicas_of(NodeIndex primary) const {
    static const std::vector<NodeIndex> none;
    for (const Shard& shard : shards_)
        if (shard.primary == primary) return shard.replicas;
    return none;
}

bool SlotMap::is_primary(NodeIndex node) const {
    return std::find(owner_.begin(), owner_.end(), node) != owner_.end();
}

unsigned SlotMap::slots_of(NodeIndex primary) const {
    return static_cast<unsigned>(std::count(owner_.begin(), owner_.end(), primary));
}

bool SlotMap::covers_all() const {
    return std::find(owner_.begin(), owner_.end(), no_node) == owner_.end();
}

void SlotMap::promote(NodeIndex primary, NodeIndex heir) {
    std::replace(owner_.begin(), owner_.end(), primary, heir);
    for (Shard& shard : shards_) {
        if (shard.primary != primary) continue;
        std::replace(shard.replicas.begin(), shard.replicas.end(), heir, primary);
        shard.primary = heir;
    }
}

std::vector<NodeIndex> SlotMap::nodes() const {
    std::vector<NodeIndex> all;
    for (const Shard& shard : shards_) {
        all.push_back(shard.primary);
        all.insert(all.end(), shard.replicas.begin(), shard.replicas.end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void SlotMap::add_shard(Shard shard) {
    const auto same = [&](const Shard& known) { return known.primary == shard.primary; };
    if (std::find_if(shards_.begin(), shards_.end(), same) == shards_.end())
        shards_.push_back(std::move(shard));
}

slots::Result<SlotMap> SlotMap::parse(const Reply& slots_reply, NodeIndex asked,
                                      Directory& directory) {
    if (slots_reply.kind() != Reply::Kind::array)
        return slots::Error{"ERR the reply to CLUSTER SLOTS is not an array"};
    SlotMap map;
    for (const Reply range : slots_reply.elements()) {
        Range slots;
        Shard shard;
        std::size_t place = 0;
        for (const Reply field : range.elements()) {
            if (place == 0) slots.first = number_of(field);
            if (place == 1) slots.last = number_of(field);
            if (place == 2) shard.primary = read_node(field, asked, directory);
            if (place > 2) {
                const NodeIndex replica = read_node(field, asked, directory);
                if (replica != no_node) shard.replicas.push_back(replica);
            }
            ++place;
        }
        if (place < 3 || !slots.valid())
            return slots::Error{"ERR a range in the reply to CLUSTER SLOTS is not understood"};
        if (shard.primary == no_node) continue;
        std::fill(map.owner_.begin() + slots.first, map.owner_.begin() + slots.last + 1,
                  shard.primary);
        map.add_shard(std::move(shard));
    }
    return map;
}

}  // namespace grapevine::client::route
