#include "gossip/hearing.h"

#include <utility>

#include "gossip/claims.h"
#include "gossip/data.h"
#include "gossip/election.h"
#include "gossip/failure.h"
#include "gossip/graves.h"
#include "gossip/handshake.h"
#include "gossip/heartbeat.h"
#include "gossip/kinship.h"
#include "gossip/links.h"
#include "gossip/lost_host.h"
#include "gossip/manual_failover.h"
#include "gossip/mutant.h"
#include "gossip/rumours.h"
#include "gossip/speech.h"
#include "gossip/twins.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"
#include "slots/check.h"

namespace grapevine::gossip {
namespace {

// No cluster gets that far ahead of a member: an epoch that does would use them up for all.
constexpr std::uint64_t largest_epoch_step = std::uint64_t{1} << 32;

// One message while it is heard.
struct Hearing {
    Core& core;
    LinkId link;
    const Header& header;
    Member* sender;  // Null: not in the table.
};

bool is_believable(const Core& core, const Message& message) {
    const std::uint64_t limit = core.current_epoch + largest_epoch_step;
    const Header& header = message.header;
    const auto* update = std::get_if<Update>(&message.body);
    return header.sender != core.self().id && header.current_epoch <= limit &&
           header.config_epoch <= limit && (update == nullptr || update->config_epoch <= limit);
}

// Who knew us and does not any more was reset, or told to forget us. It may be of another cluster
// by now, under its old name: what it answers is about that one, and for us it is gone. Who has
// just joined may not have heard of us yet. Only answers on our link are looked at: they come in
// order.
bool has_left(Hearing& hearing, const Body& body) {
    Member& sender = *hearing.sender;
    const auto* heartbeat = std::get_if<Heartbeat>(&body);
    const bool answer = heartbeat != nullptr && heartbeat->kind == Heartbeat::Kind::pong;
    if (!answer || hearing.link != sender.link) return false;
    const unsigned capabilities = hearing.header.capabilities;
    const bool knows_us = (capabilities & does_not_know_you) == 0;
    sender.knew_us = sender.knew_us || ((capabilities & knows_grapevine) != 0 && knows_us);
    return sender.knew_us && !knows_us;
}

// Its silence counts from the first question that it answered so.
void part_with(Core& core, Member& member, const char* why) {
    if (!std::exchange(member.has_left, true)) {
        core.happened(Event::Kind::message_refused, member.id, why);
    }
    drop_link(core, member);
}

// As it says in this message, or has said last.
std::optional<Kin> kin_of(const Message& message, const Member* sender) {
    const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
    if (heartbeat != nullptr && heartbeat->extensions.kin) return heartbeat->extensions.kin;
    return sender == nullptr ? std::nullopt : sender->kin;
}

void learn(Hearing& hearing) {
    Core& core = hearing.core;
    Member& sender = *hearing.sender;
    const Header& header = hearing.header;
    sender.heard_at = core.now;
    sender.lost = sender.refused = sender.departed = false;
    sender.grapevine = (header.capabilities & knows_grapevine) != 0;
    sender.pulses = (header.capabilities & keeps_short_leases) != 0;
    sender.extensible = header.extensible || sender.extensible;
    sender.knows_shards = sender.grapevine || sender.knows_shards;
    sender.current_epoch = header.current_epoch;
    sender.offset = header.offset;
    sender.offset_at = core.now;
    if (header.primary.none()) note_reign(core, sender, header.config_epoch, header.offset);
    learn_epochs(core, sender, header);
    let_votes_lapse(core, sender, header);
    note_paused_offset(core, sender, header);
}

// A peer that comes from elsewhere now is followed there.
void follow_address(Hearing& hearing) {
    Member& sender = *hearing.sender;
    const Link& link = hearing.core.links.at(hearing.link);
    if (link.outbound) return;
    const Header& header = hearing.header;
    const std::string& host = header.host.empty() ? link.remote : header.host;
    const slots::Endpoint seen{host, header.port, header.bus_port};
    if (host.empty()) return;
    move_member(hearing.core, sender, seen, header.secondary_port);
}

// Each answer belongs to the oldest question.
void note_contact(Hearing& hearing, const Extensions& extensions) {
    const Core& core = hearing.core;
    Member& sender = *hearing.sender;
    if (sender.asked.empty()) return;
    const Question question = sender.asked.front();
    sender.asked.pop_front();
    note_round_trip(core, sender, core.now - question.at);
    const std::uint16_t capabilities = hearing.header.capabilities;
    sender.saw_successor = (capabilities & saw_successor) != 0;
    sender.saw_us_begin = (capabilities & saw_last_process_end) != 0;
    if ((capabilities & voted_for_another) != 0) {
        sender.contact_until.reset();
        sender.abstains_until.reset();
        return;
    }
    sender.knows_claim = sender.knows_claim || (question.counts && !extensions.claim_unsaved);
    const auto lease = told_lease(core, capabilities);
    // A crash would make it forget what it promises, unless its vote is on its disk.
    const bool is_fleeting = extensions.claim_unsaved && !core.seated && !sender.elected_us;
    if (!question.counts || !lease || is_fleeting) return;
    const Instant since = GRAPEVINE_MUTANT(fence_from_answer) ? core.now : question.at;
    sender.contact_until = sender.abstains_until = since + *lease;
}

void answered(Hearing& hearing, const Extensions& extensions) {
    Core& core = hearing.core;
    Member& sender = *hearing.sender;
    if (hearing.link != sender.link) return;
    sender.pong_received = core.now;
    sender.ping_sent.reset();
    const Instant asked_at = sender.asked.empty() ? Instant{} : sender.asked.front().at;
    note_contact(hearing, extensions);
    note_sign_of_life(core, sender, asked_at);
    note_abdication(core, sender, hearing.header, asked_at);
    note_answered_offset(core, sender, hearing.header, asked_at);
    note_defeat(core, sender, hearing.header, asked_at);
    sender.attempts = 0;
    sender.severed = sender.has_left = sender.turned_us_away = false;
    core.links.at(hearing.link).answered = true;
    clear(core, sender);
}

// Before its claims are judged: a successor within our shard has what we have, another has not.
// And after: who becomes a replica is taken for one of its primary's shard, unless it says more.
void learn_shard(const Hearing& hearing, const Extensions& extensions) {
    const Member& self = hearing.core.self();
    Member& sender = *hearing.sender;
    if (extensions.shard) sender.knows_shards = true;
    const bool ours = hearing.header.primary == self.id;  // Even if it has not heard of it yet.
    const ShardId shard = ours ? self.shard : extensions.shard.value_or(sender.shard);
    if (sender.shard == shard) return;
    sender.shard = shard;
    hearing.core.must_save();
}

// Ours is what our primary says itself. Whom we follow by hearsay may be of another by now.
void join_shard(Core& core, const Member& sender, const Extensions& extensions) {
    Member& self = core.self();
    const bool tells = extensions.shard || !sender.knows_shards;
    if (self.primary != sender.id || !tells || self.shard == sender.shard) return;
    self.shard = sender.shard;
    core.must_save();
}

void learn_extensions(Hearing& hearing, const Extensions& extensions) {
    Core& core = hearing.core;
    Member& sender = *hearing.sender;
    const std::string hostname = extensions.hostname.value_or("");
    if (hostname != sender.hostname) {
        sender.hostname = hostname;
        core.must_save();
    }
    for (const Forgotten& forgotten : extensions.forgotten) {
        forget_on_hearsay(core, forgotten, sender);
    }
    hear_graves(core, sender, extensions.graves, hearing.link == sender.link);
    if (extensions.kin && hearing.link == sender.link) hear_kin(core, sender, *extensions.kin);
}

void hear_heartbeat(Hearing& hearing, const Heartbeat& heartbeat) {
    Core& core = hearing.core;
    if (hearing.sender != nullptr) {
        learn_shard(hearing, heartbeat.extensions);
        expect_claim(core, *hearing.sender, hearing.header);
    }
    if (heartbeat.kind != Heartbeat::Kind::pong) {
        const bool by_seed = (hearing.header.capabilities & met_by_seed) != 0;
        const bool met = heartbeat.kind == Heartbeat::Kind::meet && !by_seed;
        learn_own_address(core, hearing.link, met, hearing.sender != nullptr);
        if (hearing.sender == nullptr && heartbeat.kind == Heartbeat::Kind::meet) {
            be_met(core, hearing.link, hearing.header);
            hear_rumours(core, nullptr, heartbeat.rumours);
        }
        if (hearing.sender != nullptr) {
            note_witnesses(*hearing.sender, heartbeat.extensions.witnesses);
        }
        answer(core, hearing.link, hearing.sender, hearing.header);
    }
    if (hearing.sender == nullptr) return;
    Member& sender = *hearing.sender;
    sender.no_failover = (hearing.header.flags & flag_no_failover) != 0;
    if (heartbeat.kind == Heartbeat::Kind::ping) follow_address(hearing);
    if (heartbeat.kind == Heartbeat::Kind::pong) answered(hearing, heartbeat.extensions);
    hear_claim(core, sender, hearing.header);
    learn_shard(hearing, heartbeat.extensions);
    join_shard(core, sender, heartbeat.extensions);
    hear_rumours(core, &sender, heartbeat.rumours);
    learn_extensions(hearing, heartbeat.extensions);
    hear_view(core, sender, heartbeat.extensions.view);
}

// Its replicas may hear from it less often than we do, and believe voters only.
void tell_replicas(Core& core, const Member& failed) {
    for (const Member* replica : core.members.replicas_of(failed)) {
        if (replica != &core.self()) say(core, *replica, Fail{failed.id});
    }
}

void hear_failure(Hearing& hearing, const NodeId& id) {
    Core& core = hearing.core;
    Member* failed = core.members.find(id);
    const bool about_others =
        failed != nullptr && failed != &core.self() && id != hearing.sender->id;
    if (!about_others || failed->failed) return;
    if (!is_credible(core, *failed, *hearing.sender)) return;
    const bool accused = failed->suspected;
    believe_failure(core, *failed);
    core.happened(Event::Kind::peer_failed, id,
                  "told by " + std::string(hearing.sender->id.text()));
    if (accused && core.members.votes(core.self())) tell_replicas(core, *failed);
}

struct BodyHearing {
    Hearing& hearing;
    void operator()(const Heartbeat& heartbeat) { hear_heartbeat(hearing, heartbeat); }
    void operator()(const Fail& fail) { hear_failure(hearing, fail.id); }
    void operator()(const Publish& publish) {
        hearing.core.effects.announce.push_back(Published{publish});
    }
    void operator()(const VoteRequest&) {
        const Header& header = hearing.header;
        note_reign(hearing.core, *hearing.sender, header.current_epoch, header.offset);
        hear_rival(hearing.core, header);
        consider_vote(hearing.core, *hearing.sender, header);
    }
    void operator()(const Vote& vote) {
        count_vote(hearing.core, *hearing.sender, hearing.header, vote);
    }
    void operator()(const Update& update) { hear_update(hearing.core, *hearing.sender, update); }
    void operator()(const PauseRequest&) { hold_writes(hearing.core, *hearing.sender); }
    void operator()(const Other&) {}
};

void count_message(Core& core, const Message& message) {
    if (const auto type = type_of(message)) ++core.received[static_cast<std::size_t>(*type)];
}

// Whoever answers on our link must be the one that we called. False: the link is gone.
bool is_whom_we_called(Core& core, LinkId id, const Message& message) {
    const Link& link = core.links.at(id);
    if (!link.outbound) return true;
    Member* called = core.members.find(link.peer);
    GRAPEVINE_CHECK(called != nullptr, "a link of ours belongs to a member");
    if (called->handshake && is_foreign(core, kin_of(message, nullptr))) {
        turn_away(core, *called, message.header);
        return false;
    }
    if (called->handshake) return finish_handshake(core, *called, message.header);
    if (called->id == message.header.sender) return true;
    core.happened(Event::Kind::message_refused, called->id, "another node answers at its address");
    drop_link(core, *called);
    called->endpoint.host.clear();  // Until gossip tells where it is now.
    core.must_save();
    return false;
}

}  // namespace

void hear(Core& core, LinkId id, const Message& message) {
    const auto link = core.links.find(id);
    if (link == core.links.end() || core.is_copy) return;
    count_message(core, message);
    const bool own = message.header.sender == core.self().id;
    if (!own && !is_believable(core, message)) {
        core.happened(Event::Kind::message_refused, message.header.sender, "its epoch is absurd");
        return;
    }
    if (own) hear_twin_of_ours(core, id, message);
    Member* known = own ? nullptr : core.members.find(message.header.sender);
    if (known != nullptr && !is_of_our_member(core, id, *known, message.header)) return;
    if (core.is_copy || !is_whom_we_called(core, id, message) || own) return;
    Hearing hearing{core, id, message.header, core.members.find(message.header.sender)};
    if (hearing.sender != nullptr) {
        Member& sender = *hearing.sender;
        if (has_left(hearing, message.body)) {
            return part_with(core, sender,
                             "it does not know us any more, and may be of another cluster");
        }
        if (is_foreign(core, kin_of(message, &sender))) {
            // Anybody can call us under its name.
            if (id != sender.link) return;
            return part_with(core, sender, "it is of another cluster now");
        }
        if (!link->second.outbound) link->second.peer = hearing.sender->id;
        learn(hearing);
        if (link->second.outbound && is_told_to_be_copy(core, message)) return;
    }
    const bool for_strangers = std::holds_alternative<Heartbeat>(message.body);
    if (hearing.sender == nullptr && !for_strangers) return;
    std::visit(BodyHearing{hearing}, message.body);
    Member* heard = core.members.find(message.header.sender);
    if (heard != nullptr && heard != &core.self()) call_back(core, *heard);
}

}  // namespace grapevine::gossip
