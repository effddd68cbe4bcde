#include "gossip/rumours.h"

#include "gossip/failure.h"
#include "gossip/graves.h"
#include "gossip/handshake.h"
#include "gossip/view.h"

namespace grapevine::gossip {
namespace {

// Redis peers do not know what was forgotten for good: for those they name, their own rule holds.
bool is_kept_out(const Core& core, const Member& sender, const NodeId& id) {
    return is_banned(core, id) || (sender.grapevine && is_buried(core, id));
}

void hear_of_stranger(Core& core, const Member& sender, const Rumour& rumour) {
    constexpr unsigned useless = flag_no_address | flag_handshake;
    if ((rumour.flags & useless) != 0 || rumour.host.empty() || rumour.id.none()) return;
    if (!is_kept_out(core, sender, rumour.id)) join(core, rumour);
}

// One that we cannot reach, but somebody else can: perhaps at another place.
void try_other_address(Core& core, Member& member, const Rumour& rumour) {
    constexpr unsigned unreachable = flag_no_address | flag_suspected | flag_failed;
    const bool lost = !member.reachable() || !member.has_address();
    if (!lost || (rumour.flags & unreachable) != 0 || rumour.host.empty()) return;
    move_member(core, member, {rumour.host, rumour.port, rumour.bus_port}, rumour.secondary_port);
}

void hear_rumour(Core& core, const Member& sender, const Rumour& rumour) {
    Member* member = core.members.find(rumour.id);
    if (member == nullptr) return hear_of_stranger(core, sender, rumour);
    if (member == &core.self() || member == &sender) return;
    report(core, *member, sender, (rumour.flags & (flag_suspected | flag_failed)) != 0);
    try_other_address(core, *member, rumour);
}

}  // namespace

void hear_rumours(Core& core, const Member* sender, const std::vector<Rumour>& rumours) {
    if (sender == nullptr) return;
    for (const Rumour& rumour : rumours) hear_rumour(core, *sender, rumour);
}

void hear_view(Core& core, Member& sender, std::optional<std::uint64_t> view) {
    sender.told_view = view;
    if (!core.somebody_reports || !sees_the_same(core, sender)) return;
    core.members.for_each_peer([&](Member& member) {
        if (member.reachable()) report(core, member, sender, false);
    });
}

}  // namespace grapevine::gossip
