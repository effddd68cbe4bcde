// Who has failed. Silence for the node timeout, or the end of a link followed by a refusal, makes a
// peer suspect, and so does a host that is gone (lost_host.h); only a majority of the voting
// primaries makes it failed. One broken link moves no slots.
#pragma once

#include <functional>
#include <string>

#include "gossip/core.h"

namespace grapevine::gossip {

// Called every tick.
void judge_silence(Core& core);
// A connection was refused: where a link on which it had answered has ended just before, it has
// crashed.
void judge_refusal(Core& core, Member& member);

// Suspects it on evidence that cannot wait, and says so to everybody.
void accuse(Core& core, Member& member, std::string why);

// Its links have ended and it has said nothing since. Only if such evidence is to be believed.
bool has_crashed(const Core& core, const Member& member);

// Behind such names.
inline constexpr const char* what_to_forget = " (CLUSTER FORGET whoever is gone for good)";
// Such voters beside this node, a few of them by name, for whoever reads the log; empty: none.
std::string names_of_voters(const Core& core, const std::function<bool(const Member&)>& such);

// It has failed by what the disk says, and nobody has said so since we were started.
bool was_failed_before(const Core& core, const Member& member);

// An accusation of that time still counts.
bool is_valid_report(const Core& core, Instant at);
// What `reporter` thinks of the member.
void report(Core& core, Member& member, const Member& reporter, bool accused);
std::size_t accusers(const Core& core, const Member& member);
// Somebody found a majority.
void believe_failure(Core& core, Member& member);
// `teller` says that somebody did. Who has an answer of the accused in hand believes it
// only of a voter, and only about its own primary: the others lose nothing by waiting for evidence
// of their own, and candidates that are wrong about their primary would make each other wrong for
// ever.
bool is_credible(const Core& core, const Member& accused, const Member& teller);

// It has answered a ping.
void clear(Core& core, Member& member);
// We were stopped for `gap`: nobody is to be blamed for what we did not hear meanwhile.
void forgive(Core& core, Duration gap);

}  // namespace grapevine::gossip
