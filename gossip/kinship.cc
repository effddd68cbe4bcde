#include "gossip/kinship.h"

#include "gossip/view.h"

namespace grapevine::gossip {
namespace {

void take(Core& core, const Kin& kin) {
    if (core.kin == kin) return;
    core.kin = kin;
    core.must_save();
}

bool all_slots_have_owners(const Core& core) {
    std::size_t owned = 0;
    core.members.for_each([&](const Member& member) { owned += member.owned.size(); });
    return owned == slots::slot_count;
}

bool says_the_same(const Core& core, const Member& member) {
    if (member.handshake || !member.pong_received) return false;
    if (!member.grapevine) return true;
    return member.kin && member.kin->cluster == core.kin.cluster && sees_the_same(core, member);
}

bool all_say_the_same(const Core& core) {
    bool same = true;
    core.members.for_each([&](const Member& member) {
        same = same && (&member == &core.self() || says_the_same(core, member));
    });
    return same;
}

}  // namespace

Kin kin_from(const State& state, Random& random) {
    return state.kin.cluster != 0 ? state.kin : Kin{random.next() | 1, false};
}

void become_kinless(Core& core) {
    take(core, {core.random.next() | 1, false});
}

bool is_foreign(const Core& core, const std::optional<Kin>& kin) {
    return kin && kin->settled && core.kin.settled && kin->cluster != core.kin.cluster;
}

void hear_kin(Core& core, Member& member, const Kin& kin) {
    member.kin = kin;
    if (core.kin.settled) return;
    if (kin.settled || kin.cluster < core.kin.cluster) take(core, kin);
}

void settle_kin(Core& core) {
    if (core.kin.settled || !all_slots_have_owners(core) || !all_say_the_same(core)) return;
    take(core, {core.kin.cluster, true});
}

}  // namespace grapevine::gossip
