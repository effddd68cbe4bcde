// One name, one process. An operator who copies the disk of a running node and starts the copy has
// two processes of one name: twins. Everybody would answer both, and both would accept writes.
//
// Each process has a number by chance, and says it in every message. Who is heard first under a
// name is taken for it, until that process is gone: its links have ended, and that is evidence
// (failure.h), or the other has its very address; or it was silent until nothing held any more that
// was promised between us. Until then another one under the name is turned away: nothing that it
// says is heard, and it gets no answer.
//
// That says nothing about who is the copy: the other may have died just before, and its host with
// it. So it is asked. If it answers what it was asked after the second had spoken, both live, and
// the second is told so. Late words of a dead process answer no such question.
//
// Who was started from a disk, and is told that before more than half of the other voters take it
// for the node, is the copy: it takes no part until it is started again, or is given another name
// (CLUSTER RESET HARD). Whoever was taken for the node by so many goes on: where some take its twin
// for it, they will hear the twin fall silent. For the same reason a primary that was started from
// a disk serves only when so many do. Half of them might be those that do not hear the original:
// with its own voice the copy would count a majority, and so would the original. A majority with
// its own voice is enough when one of them says that it saw the process before it end. Voters that
// had failed by what the disk says are not waited for.
//
// What nobody can prevent: one voter alone, without replicas, has nobody who could tell its copy.
// And where nobody hears the original, beyond a cut or while it stands still, a copy is a restart:
// it takes the node's place there, and votes in its name, until somebody tells it. (To keep who was
// just restarted from voting would keep shards without a primary when two of three had crashed.)
// Who does not hear the original for so long while others do takes the copy for it until these have
// told it. Redis's nodes tell no numbers, and follow whoever has spoken last.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Never 0, which says that a process tells no number: a Redis's, for one.
std::uint64_t process_from(std::uint64_t seed);

// A message under a known name: whether it is of the process that the member is taken for, from now
// on perhaps. If not, it is not to be heard, and the link is closed or told why.
bool is_of_our_member(Core& core, LinkId link, Member& member, const Header& header);
// The header has our own name, but is of another process, as far as it tells.
bool is_of_twin(const Core& core, const Header& header);
// A message under our own name.
void hear_twin_of_ours(Core& core, LinkId link, const Message& message);
// An answer on our link; true when it says that we are a copy: then we take no part any more.
bool is_told_to_be_copy(Core& core, const Message& message);

// The member has answered what it was asked then.
void note_sign_of_life(Core& core, Member& member, Instant asked_at);
// The other side has ended the link, which is gone.
void note_end(Core& core, const Link& link);

// Called after everything that happens: whether so many take us for the node by now.
void note_recognition(Core& core);
// They do not yet, and there are others.
bool must_be_recognised(const Core& core);
// Its silence says nothing yet: since we were started again it has closed what we called it on
// without an answer. It may take us for a twin for as long as it has promised our predecessor, or
// the one that it has just replaced may have; and then we have to call again.
bool may_turn_us_away(const Core& core, const Member& member);

}  // namespace grapevine::gossip
