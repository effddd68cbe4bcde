// What must hold of every state that was read from a disk, whoever wrote it.
#pragma once

#include "gossip/gossip.h"
#include "gossip/state.h"
#include "slots/check.h"

namespace grapevine::fuzz {

// A node starts from it, ticks, and saves what can be read again.
inline void check_starts(const gossip::State& state) {
    using namespace gossip;
    constexpr Instant start{Duration{1'000'000}};
    Gossip node({}, state, true, 1, start);
    const Status before = node.status(start);
    GRAPEVINE_CHECK(before.self == state.self, "a node keeps its name over a restart");
    GRAPEVINE_CHECK(before.members.size() == state.members.size(), "nobody is forgotten");
    GRAPEVINE_CHECK(before.current_epoch == state.current_epoch, "epochs are kept");
    GRAPEVINE_CHECK(before.last_vote_epoch == state.last_vote_epoch, "votes are kept");
    node.tick(start);
    const Obeyed saved = node.obey(SaveConfig{}, start + Duration{100});
    GRAPEVINE_CHECK(saved.reply && saved.effects.save, "an order to save is carried out");
    const auto again = parse_state(saved.effects.save->text);
    GRAPEVINE_CHECK(again, "what a node saves can be read");
    GRAPEVINE_CHECK(to_text(*again) == saved.effects.save->text, "and says the same");
}

}  // namespace grapevine::fuzz
