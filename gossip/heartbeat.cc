#include "gossip/heartbeat.h"

#include <algorithm>
#include <utility>

#include "gossip/fence.h"
#include "gossip/graves.h"
#include "gossip/lost_host.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"
#include "gossip/view.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

constexpr std::size_t fewest_rumours = 3;
constexpr std::size_t members_for_one_rumour = 10;
constexpr std::size_t most_rumours = 10;  // Between Grapevines, which say what is new at once.
// A new node is mentioned in every heartbeat and pings go out faster for this long.
constexpr Duration newcomer_time{3'000};
constexpr std::size_t most_newcomers = 20;

bool is_newcomer(const Core& core, const Member& member) {
    return core.now - member.joined_at < newcomer_time;
}

Rumour rumour_of(const Member& member) {
    unsigned flags = member.role == Role::primary ? flag_primary : flag_replica;
    if (member.suspected) flags |= flag_suspected;
    if (member.failed) flags |= flag_failed;
    if (member.no_failover) flags |= flag_no_failover;
    return {member.id,
            member.endpoint.host,
            member.endpoint.port,
            member.secondary_port,
            member.endpoint.bus_port,
            static_cast<std::uint16_t>(flags)};
}

// A suspect is always mentioned: a majority that hears of it is what makes it failed.
bool worth_a_rumour(const Core& core, const Member& member) {
    const bool somebody = member.suspected || member.link_up || core.members.owns_slots(member);
    return !member.handshake && member.has_address() && somebody;
}

// Moves `wanted` members, chosen at random, to the front.
void shuffle_front(Random& random, std::vector<const Member*>& members, std::size_t wanted) {
    for (std::size_t i = 0; i < std::min(wanted, members.size()); ++i) {
        std::swap(members[i], members[i + random.below(members.size() - i)]);
    }
}

// Besides suspects and newcomers.
std::size_t others_to_mention(const Core& core, const Member* receiver) {
    if (receiver != nullptr && sees_the_same(core, *receiver)) return 0;
    return gossip::others_to_mention(core.members.size(),
                                     receiver != nullptr && receiver->grapevine);
}

// Every suspect, the newcomers, and some others by chance: nothing stays unknown for long.
std::vector<Rumour> choose_rumours(Core& core, const Member* receiver) {
    const auto wanted = others_to_mention(core, receiver);
    if (wanted == 0 && !core.somebody_is_hot) return {};
    std::vector<Rumour> rumours;
    std::vector<const Member*> others;
    rumours.reserve(wanted);
    if (wanted > 0) others.reserve(core.members.size());
    std::size_t newcomers = 0;
    core.members.for_each_peer([&](Member& member) {
        if (&member == receiver || !worth_a_rumour(core, member)) return;
        const bool hot = is_newcomer(core, member) && ++newcomers <= most_newcomers;
        if (member.suspected || hot) return rumours.push_back(rumour_of(member));
        if (wanted > 0) others.push_back(&member);
    });
    shuffle_front(core.random, others, wanted);
    for (std::size_t i = 0; i < std::min(wanted, others.size()); ++i) {
        rumours.push_back(rumour_of(*others[i]));
    }
    return rumours;
}

Extensions extensions_for(const Core& core, const Member* peer) {
    Extensions extensions;
    if (peer == nullptr || !peer->extensible) return extensions;
    if (!core.self().hostname.empty()) extensions.hostname = core.self().hostname;
    if (!peer->knows_shards) return extensions;
    extensions.shard = core.self().shard;
    extensions.graves = graves_for(core, *peer);
    if (peer->grapevine) {
        extensions.kin = core.kin;
        extensions.view = view_for(core, *peer);
    }
    if (GRAPEVINE_MUTANT(ban_not_told)) return extensions;
    for (const auto& [id, until] : core.banned) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(until - core.now);
        if (left.count() > 0) {
            extensions.forgotten.push_back({id, static_cast<std::uint64_t>(left.count())});
        }
    }
    return extensions;
}

Heartbeat heartbeat_for(Core& core, Heartbeat::Kind kind, const Member* peer) {
    Heartbeat heartbeat{kind, choose_rumours(core, peer), extensions_for(core, peer)};
    const bool asks = kind != Heartbeat::Kind::pong && peer != nullptr && peer->grapevine;
    if (asks) heartbeat.extensions.witnesses = core.witnesses;
    return heartbeat;
}

// Of a few chosen by chance, the one that has been silent longest (cluster specification).
void ping_at_random(Core& core) {
    std::vector<Member*> choices;
    core.members.for_each_peer([&](Member& member) {
        if (member.link_up && !member.ping_sent && !member.handshake) choices.push_back(&member);
    });
    Member* oldest = nullptr;
    for (std::size_t i = 0; i < random_ping_choices && !choices.empty(); ++i) {
        Member* choice = choices[core.random.below(choices.size())];
        if (oldest == nullptr || choice->pong_received < oldest->pong_received) oldest = choice;
    }
    if (oldest != nullptr) ping(core, *oldest);
}

bool anybody_is_new(const Core& core) {
    bool found = false;
    core.members.for_each([&](const Member& member) {
        found = found || (&member != &core.self() && is_newcomer(core, member));
    });
    return found;
}

const NodeId& primary_id_of(const Member& member) {
    return member.primary.none() ? member.id : member.primary;
}

// A shard's nodes need each other's news, voters each other's answers: see fence.h.
bool is_quiet(const Core& core, const Member& member) {
    const Member& self = core.self();
    const Duration unanswered = core.now - member.pong_received.value_or(member.joined_at);
    if (unanswered <= core.timing().ping_interval()) return false;
    if (!member.grapevine || primary_id_of(self) == primary_id_of(member)) return true;
    if (core.members.votes(self) && core.members.votes(member)) {
        return unanswered > ask_interval(core);
    }
    return is_stranger_quiet(core.timing(), core.members.size(), unanswered,
                             core.now - member.heard_at);
}

// Whoever has no seat yet gets it when enough voters have its claim on their disks.
bool seats_us(const Core& core, const Member& member) {
    return !core.seated && !member.knows_claim && core.members.votes(core.self()) &&
           core.members.votes(member);
}

bool is_due(const Core& core, const Member& member) {
    if (!member.link_up || member.handshake) return false;
    if (core.manual.active && core.manual.replica == member.id) return true;
    if (seats_us(core, member) && member.asked.empty()) return true;
    return needs_pulse(core, member) || (!member.ping_sent && is_quiet(core, member));
}

void note_question(const Core& core, Member& member) {
    if (!member.ping_sent) member.ping_sent = core.now;
    member.asked_at = core.now;
    const bool counts = core.spoken_generation >= core.claim_needs;
    member.asked.push_back({core.now, counts});
}

// That we do not vote against it for a while; returns how it is told.
std::uint16_t promise(const Core& core, Member& member) {
    const Duration lease = lease_for(core, member);
    const Duration kept = GRAPEVINE_MUTANT(promise_too_short) ? lease / 2 : lease;
    const Instant until = core.now + core.timing().hold_off(kept);
    if (!promises_on_condition(core, member) || !promise_on_condition(core, member, until)) {
        member.relied_until = std::max(member.relied_until.value_or(until), until);
    }
    return lease_mark(lease);
}

void forget_contact(Member& member) {
    member.contact_until.reset();
    for (Question& question : member.asked) question.counts = false;
}

void forget_recognition_by(Member& member) {
    forget_contact(member);
    member.knows_claim = member.elected_us = false;
}

// What it claims is not on our disk yet. Also said by who may come to vote.
bool may_forget_claim(const Core& core, const Member& member, const Header& header) {
    const bool is_saved = member.role == Role::primary && member.claimed <= core.saved;
    return header.primary.none() && !is_saved;
}

// Without a seat the predecessor, who knows nothing, may vote; and whoever has taken all that this
// primary had speaks in its place.
bool has_voice(const Core& core) {
    const Member& self = core.self();
    return has_seat(core) && (self.role == Role::replica || core.members.votes(self));
}

// We have taken its place, but the disk does not hold it yet: what we say is that we follow it.
bool is_about_to_replace(const Core& core, const Member& member) {
    return core.self().role == Role::primary && core.spoken.primary == member.id;
}

}  // namespace

bool is_stranger_quiet(const Timing& timing, std::size_t nodes, Duration unanswered,
                       Duration unheard) {
    const Duration rare = timing.rare_ping_interval(nodes);
    return unanswered > rare || unheard > rare / 2;
}

std::size_t others_to_mention(std::size_t members, bool to_grapevine) {
    const std::size_t share = members / members_for_one_rumour;
    return std::max(fewest_rumours, to_grapevine ? std::min(share, most_rumours) : share);
}

void look_for_the_hot(Core& core) {
    core.somebody_is_hot = core.somebody_reports = false;
    core.members.for_each_peer([&](const Member& member) {
        core.somebody_is_hot =
            core.somebody_is_hot || member.suspected || is_newcomer(core, member);
        core.somebody_reports = core.somebody_reports || !member.reports.empty();
    });
}

void ping_peers(Core& core) {
    if (core.now - core.last_random_ping >= random_ping_period || anybody_is_new(core)) {
        core.last_random_ping = core.now;
        ping_at_random(core);
    }
    core.members.for_each_peer([&](Member& member) {
        if (is_due(core, member)) ping(core, member);
    });
}

void ping(Core& core, Member& member) {
    if (!member.link_up) return;
    note_question(core, member);
    say(core, member, heartbeat_for(core, Heartbeat::Kind::ping, &member));
}

void greet(Core& core, Member& member) {
    note_question(core, member);
    const auto kind = member.meet ? Heartbeat::Kind::meet : Heartbeat::Kind::ping;
    const std::uint16_t mark = member.by_seed ? met_by_seed : 0;
    say(core, member.link, heartbeat_for(core, kind, &member), mark);
}

void ping_everyone(Core& core) {
    core.members.for_each_peer([&](Member& member) {
        if (!member.handshake) ping(core, member);
    });
}

void pong_everyone(Core& core) {
    core.members.for_each_peer([&](Member& member) {
        if (member.handshake) return;
        say(core, member, heartbeat_for(core, Heartbeat::Kind::pong, &member));
    });
}

void pong_siblings(Core& core) {
    const Member* primary = core.members.primary_of(core.self());
    if (primary == nullptr) return;
    for (Member* sibling : core.members.replicas_of(*primary)) {
        if (sibling == &core.self()) continue;
        say(core, *sibling, heartbeat_for(core, Heartbeat::Kind::pong, sibling));
    }
}

void answer(Core& core, LinkId link, Member* peer, const Header& header) {
    const bool waits =
        peer != nullptr && (must_wait_for_another(core, *peer) || is_about_to_replace(core, *peer));
    const bool deposed =
        peer != nullptr && (may_be_deposed(core, *peer) || has_been_deposed(core, *peer, header));
    const bool refuses = waits || (deposed && !GRAPEVINE_MUTANT(vote_not_mentioned));
    unsigned mark = refuses ? voted_for_another : 0;
    if (peer != nullptr && has_successor(core, *peer)) mark |= saw_successor;
    if (peer != nullptr && peer->last_ended) mark |= saw_last_process_end;
    if (peer == nullptr) {
        mark |= does_not_know_you;
    } else if (!refuses && has_voice(core)) {
        mark |= promise(core, *peer);
    }
    Heartbeat heartbeat = heartbeat_for(core, Heartbeat::Kind::pong, peer);
    if ((header.capabilities & knows_grapevine) != 0) {
        heartbeat.extensions.kin = core.kin;
        heartbeat.extensions.claim_unsaved =
            peer != nullptr && may_forget_claim(core, *peer, header);
    }
    say(core, link, std::move(heartbeat), static_cast<std::uint16_t>(mark));
}

void tell_copy(Core& core, LinkId link, const Member& original) {
    say(core, link, Heartbeat{Heartbeat::Kind::pong, {rumour_of(original)}, {}},
        another_has_your_name);
}

void forget_recognition(Core& core) {
    core.members.for_each_peer([](Member& member) { forget_recognition_by(member); });
}

void forget_contacts(Core& core) {
    core.members.for_each_peer([](Member& member) {
        forget_recognition_by(member);
        member.abstains_until.reset();
        member.voice_from.reset();
    });
}

void ask_voters_anew(Core& core) {
    core.members.for_each_peer([&](Member& member) {
        if (!GRAPEVINE_MUTANT(old_witnesses_count)) forget_contact(member);
        if (core.members.votes(member) && !member.handshake) ping(core, member);
    });
}

void renew_contact(Core& core, Member& member) {
    forget_contact(member);
    if (!member.handshake) ping(core, member);
}

}  // namespace grapevine::gossip
