// Messages and orders that a fuzzer chooses: mostly what a peer could mean, sometimes what no
// honest peer would say.
#pragma once

#include "gossip/gossip.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

namespace grapevine::fuzz {

gossip::SlotSet choose_slots(Input& input, const World& world);
// None, the node itself, a peer, or a stranger.
gossip::NodeId choose_id(Input& input, World& world);
// Near one that matters, or absurd.
std::uint64_t choose_epoch(Input& input, const World& world);
// What a peer says of itself from now on.
void change_header(Input& input, World& world, gossip::Header& header);
gossip::Message choose_message(Input& input, World& world);
gossip::Order choose_order(Input& input, World& world);

}  // namespace grapevine::fuzz
