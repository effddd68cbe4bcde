#include "tests/sim/ghost_rules.h"

#include "gossip/heartbeat.h"
#include "gossip/lost_host.h"

namespace grapevine::sim {

GhostRules::GhostRules(const gossip::Settings& settings, std::size_t nodes, std::size_t voters)
    : settings_(settings),
      timing_(settings.timing),
      nodes_(nodes),
      voters_(voters),
      pulses_(gossip::should_pulse(settings)),
      has_witnesses_(pulses_ && voters > settings.timing.most_pulsing_voters) {}

bool GhostRules::are_paired(const Acquaintance& machine, bool both_vote) const {
    const bool named = !has_witnesses_ || machine.is_named || machine.names_ghost;
    return pulses_ && both_vote && named;
}

bool GhostRules::is_due(const Acquaintance& machine, bool both_vote, Instant now) const {
    if (!machine.up) return false;
    if (are_paired(machine, both_vote) &&
        gossip::is_pulse_due(timing_, machine.unanswered, now - machine.asked_at)) {
        return true;
    }
    if (machine.asked_since) return false;
    const Duration unheard = now - machine.heard_at;
    const Duration unanswered = now - machine.answered_at.value_or(machine.heard_at);
    if (!both_vote) return gossip::is_stranger_quiet(timing_, nodes_, unanswered, unheard);
    return unanswered > (has_witnesses_ ? timing_.ask_interval(voters_) : timing_.ping_interval());
}

GhostRules::Duration GhostRules::promise(Acquaintance& machine, bool both_vote, Instant now) const {
    const bool often = pulses_ && both_vote && (!has_witnesses_ || machine.names_ghost);
    const Duration rarely = has_witnesses_ ? timing_.long_lease(voters_) : timing_.fence();
    const Duration lease = often ? timing_.lease : rarely;
    const Instant until = now + timing_.hold_off(lease);
    auto& relied =
        has_witnesses_ && !often ? machine.relied_on_condition_until : machine.relied_until;
    relied = std::max(relied.value_or(until), until);
    return lease;
}

bool GhostRules::is_silent(const Acquaintance& machine, Instant now) const {
    const Duration limit = timing_.node_timeout;
    return machine.asked_since && now - *machine.asked_since > limit &&
           now - machine.heard_at > limit;
}

bool GhostRules::may_be_lost(const Acquaintance& machine, bool both_vote, Instant now) const {
    if (!pulses_) return false;
    const bool relied_on = machine.relied_until && now < *machine.relied_until;
    const Instant silent_since =
        are_paired(machine, both_vote)
            ? machine.heard_at
            : std::max(machine.heard_at, machine.asked_since.value_or(now));
    return machine.unanswered > 0 && machine.answered_at && !relied_on &&
           now - silent_since >= timing_.host_silence;
}

bool GhostRules::has_crashed(const Acquaintance& machine) const {
    return settings_.crash_evidence && machine.lost;
}

bool GhostRules::is_credible(const Acquaintance& accused, Instant now) const {
    const bool answers = accused.up && !accused.severed && !accused.suspected &&
                         accused.answered_at && now - *accused.answered_at < timing_.fence();
    // Or its witnesses say so.
    const bool knows_better =
        has_witnesses_ && !accused.names_ghost && now - accused.heard_at >= timing_.host_silence;
    return !answers || knows_better;
}

bool GhostRules::is_relied_on(const Acquaintance& primary, Instant now) const {
    return !has_crashed(primary) && primary.relied_until && now < *primary.relied_until;
}

bool GhostRules::votes_on_condition(const Acquaintance& primary, Instant now) const {
    return !has_crashed(primary) && primary.relied_on_condition_until &&
           now < *primary.relied_on_condition_until;
}

bool GhostRules::would_vote(const Ballot& ballot, std::uint64_t epoch, const Acquaintance& primary,
                            Instant now) const {
    const bool spent = ballot.last_vote_epoch >= ballot.epoch;
    return epoch >= ballot.epoch && !spent && primary.failed && !is_relied_on(primary, now);
}

}  // namespace grapevine::sim
