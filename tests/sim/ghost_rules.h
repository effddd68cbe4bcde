// What a ghost (ghosts.h) remembers of a machine, and what it makes of that: whom it asks and when,
// what it promises, whom it suspects, whom it believes and whom it votes for. These are gossip's
// own rules, cut down to what happens in figures: nobody is slow, is restarted, moves or is
// ordered about.
#pragma once

#include <optional>

#include "gossip/effects.h"
#include "gossip/settings.h"

namespace grapevine::sim {

struct Acquaintance {
    using Instant = gossip::Instant;

    gossip::LinkId link;  // The ghost's own to the machine; none while there is none.
    bool up = false;
    bool has_answered = false;  // On that link.
    bool severed = false;       // As in gossip::Member, and so is the rest.
    bool lost = false;
    bool suspected = false;
    bool failed = false;
    std::size_t unanswered = 0;  // Questions on that link.
    Instant next_attempt{};
    Instant heard_at{};
    Instant asked_at{};
    std::optional<Instant> asked_since;  // The oldest question without an answer, over all links.
    std::optional<Instant> answered_at;
    std::optional<Instant> relied_until;
    std::optional<Instant> relied_on_condition_until;
    bool is_named = false;     // As a witness by the ghost,
    bool names_ghost = false;  // and the other way round.
    std::optional<std::uint64_t> told_view;

    bool reachable() const { return !suspected && !failed; }
};

// The votes of one ghost.
struct Ballot {
    std::uint64_t epoch = 0;  // The greatest that it has heard of.
    std::uint64_t last_vote_epoch = 0;
};

class GhostRules {
public:
    using Duration = gossip::Duration;
    using Instant = gossip::Instant;

    GhostRules(const gossip::Settings& settings, std::size_t nodes, std::size_t voters);

    bool has_witnesses() const { return has_witnesses_; }
    // Ghosts and machines are never of one shard: they are close if both vote.
    bool is_due(const Acquaintance& machine, bool both_vote, Instant now) const;

    // What an answer to the machine promises; it is relied upon from now on.
    Duration promise(Acquaintance& machine, bool both_vote, Instant now) const;

    // Silence, as it is judged at each tick. `is_unacknowledged` is asked only if it matters.
    template <typename Ask>
    bool is_gone(const Acquaintance& machine, bool both_vote, Instant now,
                 Ask is_unacknowledged) const {
        if (!machine.reachable()) return false;
        return is_silent(machine, now) ||
               (may_be_lost(machine, both_vote, now) && is_unacknowledged());
    }
    // A link of the ghost was refused.
    bool has_crashed(const Acquaintance& machine) const;
    // Somebody says that a majority accuses it.
    bool is_credible(const Acquaintance& accused, Instant now) const;

    // A replica of `primary`, which knows of `epoch` and has data, asks this voter for its vote.
    bool would_vote(const Ballot& ballot, std::uint64_t epoch, const Acquaintance& primary,
                    Instant now) const;
    // The vote counts beside those of the primary's witnesses only.
    bool votes_on_condition(const Acquaintance& primary, Instant now) const;

private:
    bool are_paired(const Acquaintance& machine, bool both_vote) const;
    bool is_silent(const Acquaintance& machine, Instant now) const;
    bool may_be_lost(const Acquaintance& machine, bool both_vote, Instant now) const;
    bool is_relied_on(const Acquaintance& primary, Instant now) const;

    const gossip::Settings& settings_;
    const gossip::Timing& timing_;
    const std::size_t nodes_;
    const std::size_t voters_;
    const bool pulses_;  // Voters do.
    const bool has_witnesses_;
};

}  // namespace grapevine::sim
