#include "slots/topology.h"

#include <algorithm>

namespace grapevine::slots {

NodeIndex Topology::my_primary() const {
    if (self == no_node) return no_node;
    if (me().role == Role::primary) return self;
    return find(me().primary).value_or(no_node);
}

std::optional<NodeIndex> Topology::find(const NodeId& id) const {
    const auto at =
        std::lower_bound(nodes.begin(), nodes.end(), id,
                         [](const Node& node, const NodeId& wanted) { return node.id < wanted; });
    if (at == nodes.end() || at->id != id) return {};
    return static_cast<NodeIndex>(at - nodes.begin());
}

SlotSet Topology::slots_of(NodeIndex node) const {
    SlotSet set;
    for (std::uint16_t number = 0; number < slot_count; ++number) {
        if (owner[number] == node) set.insert(Slot{number});
    }
    return set;
}

std::vector<NodeIndex> Topology::replicas_of(NodeIndex primary) const {
    std::vector<NodeIndex> replicas;
    for (NodeIndex index = 0; index < nodes.size(); ++index) {
        if (nodes[index].role == Role::replica && nodes[index].primary == nodes[primary].id) {
            replicas.push_back(index);
        }
    }
    return replicas;
}

std::array<NodeIndex, slot_count> Topology::filled_with(NodeIndex value) {
    std::array<NodeIndex, slot_count> array;
    array.fill(value);
    return array;
}

}  // namespace grapevine::slots
