#include "tests/sim/mutants.h"

#include <algorithm>
#include <array>

namespace grapevine::sim {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, static_cast<std::size_t>(Mutant::count)> names{
    "none",
    "vote_twice",
    "vote_before_save",
    "vote_not_kept",
    "candidate_not_kept",
    "vote_by_replica",
    "vote_without_failure",
    "vote_for_stale_claim",
    "vote_for_stale_data",
    "late_votes_count",
    "half_is_enough",
    "request_before_save",
    "epoch_not_raised",
    "stale_candidate",
    "claim_before_save",
    "serve_before_save",
    "reply_before_save",
    "claim_without_epoch",
    "claim_with_equal_epoch",
    "equal_claim_trusted",
    "comeback_not_delayed",
    "heir_has_voice",
    "lone_vote_forgotten",
    "collision_ignored",
    "update_ignored",
    "update_backwards",
    "deposed_stays_primary",
    "takeover_without_epoch",
    "no_fence",
    "fence_from_answer",
    "reset_does_not_fence",
    "no_hold_off",
    "told_lease_ignored",
    "promise_too_short",
    "vote_not_inherited",
    "old_contacts_count",
    "conditions_ignored",
    "witnesses_not_needed",
    "old_witnesses_count",
    "twin_welcome",
    "vote_not_mentioned",
    "no_rejoin_delay",
    "no_writable_delay",
    "one_accuser_fails",
    "replicas_accuse",
    "hearsay_fails",
    "reports_for_ever",
    "own_stall_accuses",
    "reset_accuses",
    "silence_accuses",
    "any_failure_believed",
    "failure_for_ever",
    "forget_without_ban",
    "ban_not_told",
    "writes_held_for_ever",
    "foreign_dump_counts",
    "saved_data_forgotten",
    "less_replaces_more",
    "foreign_offset_counts",
    "failover_before_offset",
    "all_migrate",
    "checksum_ignored",
};
constexpr std::array<std::string_view, static_cast<std::size_t>(client::route::Mutant::count)>
    callers_names{
        "none",       "lost_sent_again", "loss_forgotten", "moved_not_kept", "silence_for_ever",
        "asks_twice", "gap_stays",
    };
static_assert(!names.back().empty() && !callers_names.back().empty(), "every mutant has a name");

}  // namespace

std::vector<Mistake> all_mutants() {
    std::vector<Mistake> all;
    for (std::size_t i = 1; i < names.size(); ++i) all.push_back(static_cast<Mutant>(i));
    for (std::size_t i = 1; i < callers_names.size(); ++i)
        all.push_back(static_cast<client::route::Mutant>(i));
    return all;
}

std::string_view name_of(Mistake mistake) {
    if (mistake.caller != client::route::Mutant::none)
        return callers_names[static_cast<std::size_t>(mistake.caller)];
    return names[static_cast<std::size_t>(mistake.node)];
}

std::optional<Mistake> mutant_called(std::string_view name) {
    for (const Mistake mistake : all_mutants())
        if (name_of(mistake) == name) return mistake;
    return {};
}

Report hunt(Mistake mistake, std::uint64_t seed, const Limits& limits, const Wishes& wishes) {
    Report all;
    while (all.seeds < limits.seeds && (limits.seconds == 0 || all.seconds < limits.seconds)) {
        Limits rest = limits;
        rest.seeds = limits.seeds - all.seeds;
        rest.findings = 1;
        Report report;
        {
            const Planted planted(mistake);
            report = run_campaign(seed + all.seeds, rest, wishes);
        }
        all.seeds += report.seeds;
        all.seconds += report.seconds;
        if (report.findings.empty()) return all;
        const Finding& found = report.findings.front();
        if (run(draw_plan(found.seed, wishes)).violation) continue;  // It fails without it as well.
        all.findings = report.findings;
        return all;
    }
    return all;
}

}  // namespace grapevine::sim
