#include "gossip/view.h"

#include <xxhash.h>

namespace grapevine::gossip {

std::uint64_t share_of(const Member& member) {
    const slots::Endpoint& at = member.endpoint;
    const unsigned state = (member.suspected ? 1u : 0u) | (member.failed ? 2u : 0u);
    const std::uint64_t rest = std::uint64_t{at.port} << 48 | std::uint64_t{at.bus_port} << 32 |
                               std::uint64_t{member.secondary_port} << 16 | state;
    const auto name = member.id.text();
    const std::uint64_t host = XXH3_64bits_withSeed(at.host.data(), at.host.size(), rest);
    return XXH3_64bits_withSeed(name.data(), name.size(), host);
}

void sum_view(Core& core) {
    core.view = 0;
    core.members.for_each_peer([&](Member& member) {
        member.share_of_view = member.handshake ? 0 : share_of(member);
        core.view += member.share_of_view;
    });
}

std::uint64_t view_for(const Core& core, const Member& peer) {
    return core.view - peer.share_of_view;
}

bool sees_the_same(const Core& core, const Member& peer) {
    return peer.grapevine && peer.told_view == view_for(core, peer);
}

}  // namespace grapevine::gossip
