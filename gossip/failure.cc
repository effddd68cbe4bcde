#include "gossip/failure.h"

#include <algorithm>
#include <string>

#include "gossip/heartbeat.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"
#include "gossip/twins.h"
#include "gossip/view.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;

// An accusation that is still valid, of somebody whose opinion matters.
bool counts(const Core& core, const NodeId& reporter, Instant at) {
    const Member* member = core.members.find(reporter);
    return is_valid_report(core, at) && member != nullptr &&
           (core.members.votes(*member) || GRAPEVINE_MUTANT(replicas_accuse));
}

// Who accuses it, this node included, for whoever reads the log afterwards.
std::string names_of_accusers(const Core& core, const Member& member) {
    std::string names;
    if (core.members.votes(core.self())) names.append(" ").append(core.self().id.text());
    for (const auto& [id, at] : member.reports) {
        if (counts(core, id, at)) names.append(" ").append(id.text());
    }
    return names;
}

bool is_convicted(const Core& core, const Member& member) {
    return accusers(core, member) >= core.members.quorum() || do_witnesses_accuse(core, member) ||
           GRAPEVINE_MUTANT(one_accuser_fails);
}

void fail_by_majority(Core& core, Member& member) {
    const bool suspected = member.suspected || GRAPEVINE_MUTANT(hearsay_fails);
    if (!suspected || member.failed || !is_convicted(core, member)) return;
    believe_failure(core, member);
    core.happened(Kind::peer_failed, member.id,
                  std::to_string(accusers(core, member)) +
                      " primaries accuse it:" + names_of_accusers(core, member));
    say_to_all(core, Fail{member.id});
}

void suspect(Core& core, Member& member, std::string why) {
    member.suspected = core.somebody_is_hot = true;
    member.suspected_at = core.now;
    core.map_changed = true;
    ++core.figures.accusations;
    core.happened(Kind::peer_suspected, member.id, std::move(why));
}

bool is_silent(const Core& core, const Member& member) {
    const Duration limit = core.timing().node_timeout;
    return member.ping_sent && core.now - *member.ping_sent > limit &&
           core.now - member.heard_at > limit && !may_turn_us_away(core, member);
}

// The failure of a primary that owns slots stands until its replicas have had their chance. This
// replica has had its own when it was not elected; and when the failure is known from the disk
// only, they have had theirs.
bool may_be_cleared(const Core& core, const Member& member) {
    const bool had_chance = member.id == core.self().primary && core.election.attempt > 0;
    return !core.members.votes(member) || had_chance || was_failed_before(core, member) ||
           !core.members.has_eligible_replica(member) ||
           core.now - member.failed_at > core.timing().fail_undo();
}

}  // namespace

std::string names_of_voters(const Core& core, const std::function<bool(const Member&)>& such) {
    constexpr std::size_t most_names = 3;
    std::size_t count = 0;
    std::string names;
    core.members.for_each_owner([&](const Member& member) {
        const bool other = &member != &core.self() && core.members.votes(member);
        if (!other || !such(member) || ++count > most_names) return;
        names.append(count > 1 ? ", " : "").append(member.id.text());
    });
    if (count > most_names) names += " and " + std::to_string(count - most_names) + " more";
    return names;
}

void judge_silence(Core& core) {
    core.members.for_each_peer([&](Member& member) {
        if (member.handshake || !member.reachable() || !is_silent(core, member)) return;
        suspect(core, member, "it does not answer");
        fail_by_majority(core, member);
    });
}

bool has_crashed(const Core& core, const Member& member) {
    return core.settings.crash_evidence && member.lost;
}

void accuse(Core& core, Member& member, std::string why) {
    suspect(core, member, std::move(why));
    sum_view(core);       // Else those who hear it would think that we still see the same as they.
    ping_everyone(core);  // Tells the others at once, with our offset.
    fail_by_majority(core, member);
}

void judge_refusal(Core& core, Member& member) {
    if (!has_crashed(core, member) || member.handshake || !member.reachable()) return;
    accuse(core, member, "its link ended and a new one is refused");
}

bool was_failed_before(const Core& core, const Member& member) {
    return member.failed && member.failed_at <= core.born;
}

bool is_valid_report(const Core& core, Instant at) {
    return core.now - at <= core.timing().report_validity() || GRAPEVINE_MUTANT(reports_for_ever);
}

void report(Core& core, Member& member, const Member& reporter, bool accused) {
    if (!accused) {
        member.reports.erase(reporter.id);  // Also of who has lost its vote: it may get another.
        return;
    }
    if (!core.members.votes(reporter) && !GRAPEVINE_MUTANT(replicas_accuse)) return;
    member.reports[reporter.id] = core.now;
    core.somebody_reports = true;
    fail_by_majority(core, member);
}

std::size_t accusers(const Core& core, const Member& member) {
    std::size_t count = core.members.votes(core.self()) ? 1 : 0;
    for (const auto& [id, at] : member.reports) {
        count += counts(core, id, at) ? 1 : 0;
    }
    return count;
}

void believe_failure(Core& core, Member& member) {
    if (member.failed) return;
    if (!member.suspected) member.suspected_at = core.now;
    member.suspected = false;
    member.failed = true;
    member.failed_at = core.now;
    core.figures.detected(core.now - (member.lost ? member.lost_at : member.heard_at));
    core.must_save();
}

bool is_credible(const Core& core, const Member& accused, const Member& teller) {
    const bool answers = accused.link_up && !accused.severed && !accused.suspected &&
                         accused.pong_received &&
                         core.now - *accused.pong_received < core.timing().fence();
    const bool own_primary = accused.id == core.self().primary && core.members.votes(teller);
    // We ask it rarely, and the teller asks it often.
    const bool knows_better = is_witness(accused.witnesses, teller.id) &&
                              !is_witness(accused.witnesses, core.self().id) &&
                              core.now - accused.heard_at >= core.timing().host_silence;
    return !answers || own_primary || knows_better || GRAPEVINE_MUTANT(any_failure_believed);
}

void clear(Core& core, Member& member) {
    if (member.suspected) {
        member.suspected = false;
        core.map_changed = true;
        ++core.figures.withdrawn;
        core.happened(Kind::peer_recovered, member.id, "it answers");
    }
    if (member.failed && may_be_cleared(core, member) && !GRAPEVINE_MUTANT(failure_for_ever)) {
        member.failed = false;
        core.must_save();
        core.happened(Kind::peer_recovered, member.id, "it answers after its failure");
    }
}

void forgive(Core& core, Duration gap) {
    core.happened(Kind::resumed, {}, "stopped for " + std::to_string(gap.count()) + " ms");
    if (GRAPEVINE_MUTANT(own_stall_accuses)) return;
    core.members.for_each_peer([&](Member& member) {
        if (member.ping_sent) *member.ping_sent += gap;
        member.heard_at += gap;
    });
}

}  // namespace grapevine::gossip
