#include "gossip/graves.h"

#include <algorithm>
#include <xxhash.h>

#include "gossip/handshake.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

// They are kept for good, and told in one heartbeat if need be.
constexpr std::size_t most_graves = 1024;
// More orders about one node than anybody gives: the number is never used up by a stranger.
constexpr std::uint64_t largest_step = std::uint64_t{1} << 32;

bool is_odd(std::uint64_t count) {
    return count % 2 == 1;
}

std::uint64_t count_of(const Core& core, const NodeId& id) {
    const auto found = core.graves.find(id);
    return found == core.graves.end() ? 0 : found->second;
}

// False: there is no room.
bool set(Core& core, const NodeId& id, std::uint64_t count) {
    if (core.graves.size() >= most_graves && !core.graves.contains(id)) return false;
    core.graves[id] = count;
    core.must_save();
    return true;
}

// The order does not matter: equal graves have equal digests.
std::uint64_t digest_of(const Core& core) {
    std::uint64_t sum = 0;
    for (const auto& [id, count] : core.graves) {
        const auto name = id.text();
        sum += XXH3_64bits_withSeed(name.data(), name.size(), count);
    }
    return sum;
}

void hear_grave(Core& core, const Member& teller, const Grave& grave) {
    const std::uint64_t known = count_of(core, grave.id);
    if (grave.count <= known || grave.count - known > largest_step) return;
    if (!set(core, grave.id, grave.count)) return;
    if (!is_odd(grave.count)) {
        core.banned.erase(grave.id);
        return;
    }
    const bool spared =
        grave.id == core.self().id || grave.id == teller.id || grave.id == core.self().primary;
    if (!spared) forget(core, grave.id, core.timing().forget_ban);
}

}  // namespace

bool is_buried(const Core& core, const NodeId& id) {
    return is_odd(count_of(core, id));
}

bool is_back(const Core& core, const NodeId& id) {
    const std::uint64_t count = count_of(core, id);
    return count > 0 && !is_odd(count);
}

void bury(Core& core, const NodeId& id) {
    if (GRAPEVINE_MUTANT(forget_without_ban)) return;
    const std::uint64_t count = count_of(core, id);
    set(core, id, count + (is_odd(count) ? 2 : 1));
}

void exhume(Core& core, const NodeId& id) {
    const std::uint64_t count = count_of(core, id);
    if (is_odd(count)) {
        set(core, id, count + 1);
    } else if (is_banned(core, id)) {  // Its grave is on its way to us.
        set(core, id, count + 2);
    }
}

std::optional<Graves> graves_for(const Core& core, const Member& peer) {
    const bool none = core.graves.empty() && peer.graves_digest == 0;
    if (!peer.grapevine || none || GRAPEVINE_MUTANT(ban_not_told)) return {};
    Graves graves{digest_of(core), {}};
    if (graves.digest == peer.graves_digest) return graves;
    for (const auto& [id, count] : core.graves) graves.list.push_back({id, count});
    return graves;
}

void hear_graves(Core& core, Member& teller, const std::optional<Graves>& graves, bool answer) {
    if (!teller.grapevine) return;
    teller.graves_digest = graves ? graves->digest : 0;
    if (!graves || !answer) return;
    for (const Grave& grave : graves->list) hear_grave(core, teller, grave);
}

}  // namespace grapevine::gossip
