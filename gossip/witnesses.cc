#include "gossip/witnesses.h"

#include <algorithm>
#include <utility>

#include "gossip/failure.h"
#include "gossip/heartbeat.h"
#include "gossip/lost_host.h"
#include "gossip/mutant.h"

namespace grapevine::gossip {
namespace {

// Of fewer the loss of one would be too much: then there are none.
constexpr std::size_t fewest_witnesses = 3;
// Sets that one member names within a long lease.
constexpr std::size_t most_remembered = 3;

bool contains(const Witnesses& witnesses, const NodeId& id) {
    return std::find(witnesses.begin(), witnesses.end(), id) != witnesses.end();
}

bool has_many_voters(const Core& core) {
    return core.voters > core.timing().most_pulsing_voters;
}

bool can_witness(const Core& core, const Member& member) {
    return member.grapevine && member.pulses && core.members.votes(member) && member.reachable();
}

bool is_in_touch(const Core& core, const Member& member) {
    return member.contact_until && core.now < *member.contact_until && !member.severed;
}

// Those of the present ones that go on. When a majority of them is out of touch, only those that
// are in touch: the others would keep us from writing.
Witnesses those_that_stay(const Core& core) {
    Witnesses fit, in_touch;
    for (const NodeId& id : core.witnesses.value_or(Witnesses{})) {
        const Member* member = core.members.find(id);
        if (member == nullptr || !can_witness(core, *member)) continue;
        fit.push_back(id);
        if (is_in_touch(core, *member)) in_touch.push_back(id);
    }
    const bool lost = core.witnesses && in_touch.size() < majority_of(*core.witnesses);
    return lost && core.fenced ? in_touch : fit;
}

// The next ones in the order of ids, beginning after our own, so that each voter is named by about
// as many. In distress those come first who were heard just now: if there was a cut, they are on
// our side.
void add_others(Core& core, Witnesses& witnesses) {
    std::vector<const Member*> later, sooner;
    core.members.for_each_peer([&](const Member& member) {
        const bool free = can_witness(core, member) && member.link_up && !member.severed &&
                          !member.handshake && !contains(witnesses, member.id);
        if (free) (member.id < core.self().id ? later : sooner).push_back(&member);
    });
    sooner.insert(sooner.end(), later.begin(), later.end());
    std::stable_partition(sooner.begin(), sooner.end(), [&](const Member* member) {
        return core.fenced && core.now - member->heard_at < core.timing().host_silence;
    });
    for (const Member* member : sooner) {
        if (witnesses.size() >= core.timing().witnesses) break;
        witnesses.push_back(member->id);
    }
}

// How long the present ones are kept when so many of them go on. One more that goes must not be too
// much; others cannot be chosen better before these could have answered.
Duration patience(const Core& core, std::size_t staying) {
    const bool is_urgent = staying <= core.timing().witnesses / 2 + 1;
    return is_urgent ? core.timing().lease : core.timing().node_timeout;
}

void name(Core& core, std::optional<Witnesses> witnesses) {
    core.witnesses = std::move(witnesses);
    core.named_at = core.now;
    ask_voters_anew(core);
}

}  // namespace

void choose_witnesses(Core& core) {
    core.voters = core.members.voters();
    if (!should_pulse(core) || !has_many_voters(core)) {
        if (core.witnesses) name(core, {});
        return;
    }
    Witnesses chosen = those_that_stay(core);
    if (core.witnesses && core.now - core.named_at < patience(core, chosen.size())) return;
    if (chosen.size() < core.timing().witnesses) add_others(core, chosen);
    if (chosen.size() < fewest_witnesses) chosen.clear();
    if (chosen != core.witnesses) name(core, std::move(chosen));
}

Duration ask_interval(const Core& core) {
    const bool rarely = core.witnesses && !core.witnesses->empty();
    return rarely ? core.timing().ask_interval(core.voters) : core.timing().ping_interval();
}

Duration long_lease(const Core& core) {
    const bool rarely = should_pulse(core.settings) && has_many_voters(core);
    return rarely ? core.timing().long_lease(core.voters) : core.timing().fence();
}

bool are_paired(const Core& core, const Member& member) {
    if (!core.pulses || !member.pulses || !core.members.votes(member)) return false;
    const bool by_us = !core.witnesses || contains(*core.witnesses, member.id);
    return by_us || is_witness(member.witnesses, core.self().id);
}

bool hears_enough(const Core& core) {
    const auto is_heard = [&](const Member& member) {
        return member.reachable() && core.now - member.heard_at <= core.timing().recently_heard();
    };
    std::size_t count = 0;
    if (core.witnesses) {
        for (const NodeId& id : *core.witnesses) {
            const Member* member = core.members.find(id);
            count += member != nullptr && is_heard(*member) ? 1 : 0;
        }
        return count >= majority_of(*core.witnesses);
    }
    core.members.for_each_owner([&](const Member& member) {
        const bool heard = &member == &core.self() || is_heard(member);
        count += core.members.votes(member) && heard ? 1 : 0;
    });
    return count >= core.members.quorum();
}

void note_witnesses(Member& member, const std::optional<Witnesses>& named) {
    if (member.witnesses != named) member.witnesses = named;
}

bool is_witness(const std::optional<Witnesses>& named, const NodeId& id) {
    return named && contains(*named, id);
}

std::size_t majority_of(const Witnesses& witnesses) {
    return witnesses.size() / 2 + 1;
}

bool promises_on_condition(const Core& core, const Member& member) {
    return member.witnesses && !member.witnesses->empty() &&
           !is_witness(member.witnesses, core.self().id);
}

bool promise_on_condition(const Core& core, Member& member, Instant until) {
    std::erase_if(member.conditions, [&](const Condition& old) { return old.until <= core.now; });
    for (Condition& condition : member.conditions) {
        if (condition.witnesses != *member.witnesses) continue;
        condition.until = std::max(condition.until, until);
        return true;
    }
    if (member.conditions.size() >= most_remembered) return false;
    member.conditions.push_back({*member.witnesses, until});
    return true;
}

std::vector<Witnesses> conditions(const Core& core, const Member& member) {
    std::vector<Witnesses> live;
    for (const Condition& condition : member.conditions) {
        if (core.now < condition.until) live.push_back(condition.witnesses);
    }
    return live;
}

std::size_t votes_that_count(const Election& election) {
    const auto is_free = [&](const NodeId& id) {
        const auto vote = election.votes.find(id);
        return vote != election.votes.end() && vote->second.empty();
    };
    const Witnesses* seen = nullptr;  // Nearly all name the same.
    bool seen_met = false;
    const auto is_met = [&](const Witnesses& witnesses) {
        if (GRAPEVINE_MUTANT(conditions_ignored)) return true;
        if (seen != nullptr && *seen == witnesses) return seen_met;
        const auto free = std::count_if(witnesses.begin(), witnesses.end(), is_free);
        seen = &witnesses;
        seen_met = static_cast<std::size_t>(free) >= majority_of(witnesses);
        return seen_met;
    };
    return static_cast<std::size_t>(
        std::count_if(election.votes.begin(), election.votes.end(), [&](const auto& vote) {
            return std::all_of(vote.second.begin(), vote.second.end(), is_met);
        }));
}

bool do_witnesses_accuse(const Core& core, const Member& member) {
    if (!member.witnesses || member.witnesses->size() < fewest_witnesses) return false;
    std::size_t count = 0;
    for (const NodeId& id : *member.witnesses) {
        const auto report = member.reports.find(id);
        const bool by_other =
            report != member.reports.end() && is_valid_report(core, report->second);
        count += by_other || id == core.self().id ? 1 : 0;
    }
    return count >= majority_of(*member.witnesses);
}

}  // namespace grapevine::gossip
