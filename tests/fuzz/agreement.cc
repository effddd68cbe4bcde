#include "tests/fuzz/agreement.h"

#include <algorithm>
#include <array>
#include <utility>

#include "slots/check.h"

namespace grapevine::fuzz {

using namespace gossip;

namespace {

bool is_met(const MemberStatus& member) {
    return (member.flags & flag_handshake) == 0;
}

// Ids come in ascending order; with `a` before `b` each is there once.
template <typename Nodes>
bool is_sorted(const Nodes& nodes) {
    return std::adjacent_find(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
               return a.id >= b.id;
           }) == nodes.end();
}

// Slots that somebody owns, eight at a time.
class Taken {
public:
    // False when somebody owns one of them already.
    bool add(const SlotSet& slots) {
        std::array<std::uint8_t, SlotSet::bitmap_size> bitmap{};
        slots.to_bitmap(bitmap);
        bool free = true;
        for (std::size_t i = 0; i < bitmap.size(); ++i) {
            free = free && (bitmap_[i] & bitmap[i]) == 0;
            bitmap_[i] |= bitmap[i];
        }
        return free;
    }

private:
    std::array<std::uint8_t, SlotSet::bitmap_size> bitmap_{};
};

void check_same(const MemberStatus& member, const slots::Node& node) {
    GRAPEVINE_CHECK(node.id == member.id && node.shard == member.shard, "both name the same nodes");
    GRAPEVINE_CHECK(node.endpoint == member.endpoint && node.hostname == member.hostname,
                    "at the same place");
    const bool primary = (member.flags & flag_primary) != 0;
    GRAPEVINE_CHECK(
        (node.role == slots::Role::primary) == primary && node.primary == member.primary,
        "in the same role");
    GRAPEVINE_CHECK(node.config_epoch == member.config_epoch, "with the same config epoch");
    // A link that has come up shows at the next tick.
    GRAPEVINE_CHECK(node.failed == ((member.flags & flag_failed) != 0) &&
                        node.suspected == ((member.flags & flag_suspected) != 0) &&
                        (member.link_up || !node.linked),
                    "in the same state");
}

}  // namespace

void check_table(const Status& status) {
    GRAPEVINE_CHECK(is_sorted(status.members), "each member is listed once");
    Taken taken;
    std::size_t selves = 0;
    std::size_t owned = 0;
    for (const MemberStatus& member : status.members) {
        selves += member.id == status.self ? 1 : 0;
        GRAPEVINE_CHECK(member.config_epoch <= status.current_epoch,
                        "no config epoch is above the current one");
        GRAPEVINE_CHECK(taken.add(member.slots), "a slot has at most one owner");
        owned += member.slots.size();
    }
    GRAPEVINE_CHECK(selves == 1, "a node knows itself");
    GRAPEVINE_CHECK(owned == status.slots_assigned, "all slots are counted");
    GRAPEVINE_CHECK(status.last_vote_epoch <= status.current_epoch, "votes are for known epochs");
}

SeenMap::SeenMap(slots::TopologyPtr map) : map_(std::move(map)), slots_(map_->nodes.size()) {
    GRAPEVINE_CHECK(is_sorted(map_->nodes), "each node is in the map once");
    GRAPEVINE_CHECK(map_->self < map_->nodes.size(), "a node is in its own map");
    for (std::uint16_t slot = 0; slot < slots::slot_count; ++slot) {
        const slots::NodeIndex owner = map_->owner[slot];
        if (owner == slots::no_node) continue;
        GRAPEVINE_CHECK(owner < map_->nodes.size(), "an owner is in the map");
        slots_[owner].insert(slots::Slot{slot});
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        GRAPEVINE_CHECK(map_->nodes[i].role == slots::Role::primary || slots_[i].empty(),
                        "an owner is a primary");
    }
}

void SeenMap::check_agreement(const Status& status) const {
    std::size_t index = 0;
    for (const MemberStatus& member : status.members) {
        if (!is_met(member)) continue;
        GRAPEVINE_CHECK(index < map_->nodes.size(), "both know the same nodes");
        check_same(member, map_->nodes[index]);
        GRAPEVINE_CHECK(member.slots == slots_[index], "both know the same owners");
        ++index;
    }
    GRAPEVINE_CHECK(index == map_->nodes.size(), "both know the same nodes");
    GRAPEVINE_CHECK(map_->current_epoch == status.current_epoch, "both know the same epoch");
    GRAPEVINE_CHECK(map_->serving == status.serving && map_->fenced == status.fenced,
                    "both know whether the node serves");
}

}  // namespace grapevine::fuzz
