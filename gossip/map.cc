#include "gossip/map.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gossip/data.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

slots::Node node_of(const Core& core, const Member& member) {
    slots::Node node;
    node.id = member.id;
    node.shard = member.shard;
    node.endpoint = member.endpoint;
    node.hostname = member.hostname;
    node.role = member.role;
    node.primary = member.primary;
    node.config_epoch = member.config_epoch;
    node.replication_offset = &member == &core.self() ? data_offset(core) : member.offset;
    node.failed = member.failed;
    node.suspected = member.suspected;
    node.linked = &member == &core.self() || member.link_up;
    return node;
}

void fill_owner(const SlotSet& slots, slots::NodeIndex owner, slots::Topology& map) {
    for (const slots::SlotRange& range : slots.ranges()) {
        std::fill(map.owner.begin() + range.first.number, map.owner.begin() + range.last.number + 1,
                  owner);
    }
}

// What this node has taken since the last save is not served yet: a crash would give it back.
void hide_unsaved(const Core& core, slots::Topology& map) {
    SlotSet unsaved = core.members.slots_of(core.self());
    if (core.spoken.primary.none()) unsaved -= core.spoken.slots;
    unsaved.for_each([&](slots::Slot slot) { map.owner[slot.number] = slots::no_node; });
}

void fill_open(const slots::Topology& map, const std::map<slots::Slot, NodeId>& open,
               std::array<slots::NodeIndex, slots::slot_count>& into) {
    for (const auto& [slot, id] : open) into[slot.number] = map.find(id).value_or(slots::no_node);
}

}  // namespace

slots::TopologyPtr map_of(const Core& core) {
    const auto made = std::make_shared<slots::Topology>();
    slots::Topology& map = *made;
    core.members.for_each([&](const Member& member) {
        if (member.handshake) return;
        const auto place = static_cast<slots::NodeIndex>(map.nodes.size());
        if (&member == &core.self()) map.self = place;
        fill_owner(core.members.slots_of(member), place, map);
        map.nodes.push_back(node_of(core, member));
    });
    if (!GRAPEVINE_MUTANT(serve_before_save)) hide_unsaved(core, map);
    fill_open(map, core.migrating_to, map.migrating_to);
    fill_open(map, core.importing_from, map.importing_from);
    map.serving = core.serving;
    map.fenced = core.fenced;
    map.current_epoch = core.current_epoch;
    return made;
}

void publish_map(Core& core) {
    if (!core.map_changed || core.map_needs > core.saved) return;
    core.map_changed = false;
    core.figures.map_changed_at = core.now;
    core.topology = map_of(core);
    core.effects.announce.push_back(TopologyChanged{core.topology});
}

}  // namespace grapevine::gossip
