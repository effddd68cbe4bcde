// Planted mistakes: the simulator has to find each of them (tests/sim). In every other build
// GRAPEVINE_MUTANT is a constant false, and nothing of this is there.
#pragma once

#ifdef GRAPEVINE_SIMULATED

#include <cstdint>

namespace grapevine::gossip {

enum class Mutant : std::uint8_t {
    none,
    vote_twice,              // A second vote in the same epoch.
    vote_before_save,        // The vote leaves before it is durable (H6).
    vote_not_kept,           // The vote is forgotten over a restart (H6).
    candidate_not_kept,      // Over a restart it is forgotten for whom the vote was.
    vote_by_replica,         // Replicas vote as well.
    vote_without_failure,    // A replica may replace a primary that works.
    vote_for_stale_claim,    // The candidate's config epoch is not looked at (H5, H14).
    vote_for_stale_data,     // The candidate's offset is not compared (H10).
    late_votes_count,        // Votes of an older election count (H7).
    half_is_enough,          // Half of the voters elect.
    request_before_save,     // The new epoch is spoken before it is durable.
    epoch_not_raised,        // An election in an epoch that was used already.
    stale_candidate,         // A replica stands however old its data is.
    claim_before_save,       // Heartbeats claim what the disk does not hold yet.
    serve_before_save,       // A promoted replica serves before its claim is durable.
    reply_before_save,       // An operator hears OK before what it ordered is durable.
    claim_without_epoch,     // Any claim wins (H5).
    claim_with_equal_epoch,  // A claim in the same epoch wins.
    equal_claim_trusted,     // A deposed primary that has its successor's epoch is relied on (H4).
    comeback_not_delayed,    // One that comes back is relied on while its successor is, too.
    heir_has_voice,          // What a voter's successor answers counts at once.
    lone_vote_forgotten,     // The only voter serves again when its vote is old.
    collision_ignored,       // Two primaries keep one epoch (H4).
    update_ignored,          // A stale primary does not listen.
    update_backwards,        // An old UPDATE is believed.
    deposed_stays_primary,   // It does not follow its successor.
    takeover_without_epoch,  // TAKEOVER does not take a new epoch (H4).
    no_fence,                // An isolated primary goes on (H2).
    fence_from_answer,       // Contact counts from the answer, not from the question.
    reset_does_not_fence,    // A primary whose links end, on either side, is not fenced by that.
    no_hold_off,             // Voters vote against a primary that relies on them.
    told_lease_ignored,      // A primary counts on each answer for the usual time.
    promise_too_short,       // Voters keep to what they told for half of the time.
    vote_not_inherited,      // Two siblings are elected one after the other, and both serve.
    old_contacts_count,      // A new primary counts on what its voters promised to a replica.
    conditions_ignored,      // A vote on a condition counts like others.
    witnesses_not_needed,    // A primary goes on without its witnesses.
    old_witnesses_count,     // Who names other witnesses counts on what it was answered before.
    twin_welcome,            // Whoever speaks under a name is taken for the node.
    vote_not_mentioned,      // Who voted against a primary answers it as if nothing were.
    // Grapevines promise nothing to a primary that they have voted against, or whose successor they
    // know: among them the two delays do not keep anybody from writing. Redis's voters answer as
    // ever. The second delay is also for replicas of a primary that has come back without its keys.
    no_rejoin_delay,         // A primary that comes from a minority serves at once.
    no_writable_delay,       // A restarted primary serves at once.
    one_accuser_fails,       // One accusation is enough.
    replicas_accuse,         // Replicas' accusations count.
    hearsay_fails,           // Failed by others' accusations alone.
    reports_for_ever,        // Accusations do not grow old.
    own_stall_accuses,       // Who was stopped blames the others (H9).
    reset_accuses,           // The end of a link is evidence enough.
    silence_accuses,         // A host is given up although its kernel acknowledges.
    any_failure_believed,    // FAIL counts for more than an answer in hand (H8).
    failure_for_ever,        // A failed node that answers stays failed (H17).
    forget_without_ban,      // A forgotten node may come back at once (H15).
    ban_not_told,            // FORGET is not passed on (H15).
    writes_held_for_ever,    // A manual failover that was given up does not resume writes.
    foreign_dump_counts,     // A copy of another shard's keys is taken for this one's.
    saved_data_forgotten,    // Who comes back does not keep its data from a primary with none.
    less_replaces_more,      // A primary without its data empties its replicas (H11).
    foreign_offset_counts,   // What belongs to another history counts in elections (H10).
    failover_before_offset,  // The replica does not wait for the last bytes.
    all_migrate,             // Every replica moves to an orphan, and leaves others.
    checksum_ignored,        // A damaged state file is read.
    count
};

// One at a time.
inline Mutant planted = Mutant::none;

}  // namespace grapevine::gossip

#define GRAPEVINE_MUTANT(name) (::grapevine::gossip::planted == ::grapevine::gossip::Mutant::name)

#else
#define GRAPEVINE_MUTANT(name) false
#endif
