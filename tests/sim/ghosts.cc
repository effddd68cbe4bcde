#include "tests/sim/ghosts.h"

#include <algorithm>

#include "gossip/heartbeat.h"
#include "gossip/lost_host.h"
#include "gossip/view.h"
#include "tests/sim/crowd.h"

namespace grapevine::sim {
namespace {

using gossip::Heartbeat;

std::uint64_t share_of(const gossip::SavedMember& saved, bool suspected, bool failed) {
    gossip::Member member;
    member.id = saved.id;
    member.endpoint = saved.endpoint;
    member.suspected = suspected;
    member.failed = failed;
    return gossip::share_of(member);
}

gossip::Rumour accusation(const gossip::SavedMember& saved, gossip::NodeFlag how) {
    const unsigned role = saved.primary.none() ? gossip::flag_primary : gossip::flag_replica;
    return {saved.id, saved.endpoint.host,     saved.endpoint.port,
            0,        saved.endpoint.bus_port, static_cast<std::uint16_t>(role | how)};
}

// Before any machine of its kind has said anything.
gossip::Header first_header() {
    gossip::Header header;
    header.capabilities = gossip::knows_grapevine | gossip::reads_packed_frames;
    return header;
}

}  // namespace

Ghosts::Ghosts(World& world)
    : world_(world),
      machines_(world.machines.size()),
      rules_(world.machines.front().settings, world.setup.nodes(), world.setup.nodes() / 2),
      chance_(static_cast<std::uint64_t>(world.setup.seed), "ghosts"),
      faces_(machines_),
      ghosts_(world.setup.ghosts),
      acquaintances_(ghosts_.size() * machines_) {
    world_.network.haunt(*this);
    for (std::size_t number = 0; number < world.setup.nodes(); ++number) {
        members_.push_back(founded_member(world.setup, number));
        const auto& member = members_.back();
        shares_.push_back(share_of(member, false, false));
        whole_view_ += shares_.back();
        const bool votes = member.primary.none();
        numbers_[member.id] = number;
        if (number < machines_) {
            faces_[number] = {votes, shard_of(world.setup, number)};
            continue;
        }
        ghost_of(number).votes = votes;
        world_.network.listen(number, 1, member.endpoint.host, member.endpoint.bus_port);
        const Time starts = starts_at(world.setup, number);
        world_.network.opens(number, starts);
        world_.scheduler.at(starts, [this, number] { start(number); });
    }
    name_witnesses();
}

Ghosts::~Ghosts() = default;

Ghosts::Instant Ghosts::now() const {
    return Instant{std::chrono::floor<gossip::Duration>(world_.scheduler.now())};
}

void Ghosts::start(std::size_t ghost) {
    for (std::size_t machine = 0; machine < machines_; ++machine) {
        acquaintance(ghost, machine).heard_at = now();
        connect(ghost, machine);
    }
    tick(ghost);
}

void Ghosts::tick(std::size_t ghost) {
    if (now() - ghost_of(ghost).last_random_ping >= gossip::random_ping_period) {
        ghost_of(ghost).last_random_ping = now();
        ping_at_random(ghost);
    }
    sum_view(ghost);
    for (std::size_t machine = 0; machine < machines_; ++machine) look_at(ghost, machine);
    const Time period = std::chrono::milliseconds(world_.setup.tick_ms);
    world_.scheduler.after(period + Time{chance_.between(0, 1'000)},
                           [this, ghost] { tick(ghost); });
}

void Ghosts::look_at(std::size_t ghost, std::size_t machine) {
    Acquaintance& it = acquaintance(ghost, machine);
    if (it.link.number == 0 && now() >= it.next_attempt) connect(ghost, machine);
    if (rules_.is_due(it, both_vote(ghost, machine), now())) ping(ghost, machine);
    const auto is_unacknowledged = [&] { return world_.network.is_unacknowledged(ghost, it.link); };
    if (rules_.is_gone(it, both_vote(ghost, machine), now(), is_unacknowledged)) {
        accuse(ghost, machine);
    }
}

// Among all nodes, most of which are ghosts: these are asked as often as machines of their kind.
void Ghosts::ping_at_random(std::size_t ghost) {
    const std::size_t primaries = machines_ / 2;
    std::optional<std::size_t> chosen;
    std::optional<Instant> oldest;
    for (std::size_t i = 0; i < gossip::random_ping_choices; ++i) {
        const std::size_t number = chance_.below(members_.size());
        std::size_t like = number;
        if (number >= machines_) {
            like = chance_.below(primaries) + (ghost_of(number).votes ? 0 : primaries);
        }
        const Acquaintance& it = acquaintance(ghost, like);
        if (!it.up || it.asked_since || (chosen && it.answered_at >= oldest)) continue;
        chosen = number;
        oldest = it.answered_at;
    }
    if (chosen && *chosen < machines_) ping(ghost, *chosen);
}

void Ghosts::sum_view(std::size_t ghost) {
    std::uint64_t view = 0;
    for (std::size_t machine = 0; machine < machines_; ++machine) {
        const Acquaintance& it = acquaintance(ghost, machine);
        if (it.reachable()) continue;
        view += share_of(members_[machine], it.suspected, it.failed) - shares_[machine];
    }
    ghost_of(ghost).view = view;
}

// As gossip does it, it tells all others at once.
void Ghosts::accuse(std::size_t ghost, std::size_t machine) {
    acquaintance(ghost, machine).suspected = true;
    for (std::size_t other = 0; other < machines_; ++other) ping(ghost, other);
    if (acquaintance(ghost, machine).names_ghost && is_convicted(machine)) convict(machine);
}

// Those of its witnesses that are ghosts: nearly all are.
bool Ghosts::is_convicted(std::size_t machine) {
    const gossip::Witnesses& witnesses = faces_[machine].witnesses;
    const auto accuses = [&](const NodeId& id) {
        const std::size_t number = numbers_.at(id);
        return number >= machines_ && !acquaintance(number, machine).reachable();
    };
    const auto count = std::count_if(witnesses.begin(), witnesses.end(), accuses);
    return static_cast<std::size_t>(count) > witnesses.size() / 2;
}

// Its witnesses have heard each other, and tell everybody.
void Ghosts::convict(std::size_t machine) {
    const Time heard = world_.network.delay(machine, machine) * 2;
    world_.scheduler.after(heard, [this, machine] {
        for (const NodeId& id : faces_[machine].witnesses) {
            const std::size_t witness = numbers_.at(id);
            if (witness < machines_ || !acquaintance(witness, machine).suspected) continue;
            believe_failure(witness, machine);
            for (std::size_t other = 0; other < machines_; ++other) {
                const LinkId link = acquaintance(witness, other).link;
                if (other != machine) say(witness, link, gossip::Fail{members_[machine].id});
            }
        }
        const Time told = world_.network.delay(machine, machine);
        world_.scheduler.after(told, [this, machine] {
            for (std::size_t ghost = machines_; ghost < members_.size(); ++ghost) {
                hear_failure(ghost, members_[machine].id);
            }
        });
    });
}

// As a core does it in peace: the next voters in the order of ids.
void Ghosts::name_witnesses() {
    if (!rules_.has_witnesses()) return;
    std::map<NodeId, std::size_t> voters;
    for (const auto& [id, number] : numbers_) {
        if (members_[number].primary.none()) voters.emplace(id, number);
    }
    const std::size_t most = world_.machines.front().settings.timing.witnesses;
    for (auto voter = voters.begin(); voter != voters.end(); ++voter) {
        if (voter->second < machines_) continue;
        gossip::Witnesses named;
        for (auto next = std::next(voter); named.size() < most; ++next) {
            if (next == voters.end()) next = voters.begin();
            named.push_back(next->first);
            if (next->second < machines_) acquaintance(voter->second, next->second).is_named = true;
        }
        ghost_of(voter->second).witnesses = std::move(named);
    }
}

void Ghosts::note_witnesses(std::size_t machine, const std::optional<gossip::Witnesses>& named) {
    gossip::Witnesses& known = faces_[machine].witnesses;
    if (named.value_or(gossip::Witnesses{}) == known) return;
    known = named.value_or(gossip::Witnesses{});
    for (std::size_t ghost = machines_; ghost < members_.size(); ++ghost) {
        acquaintance(ghost, machine).names_ghost = false;
    }
    for (const NodeId& id : known) {
        const std::size_t number = numbers_.at(id);
        if (number >= machines_) acquaintance(number, machine).names_ghost = true;
    }
}

LinkId Ghosts::new_link(std::size_t machine, bool own) {
    return {(++links_ * machines_ + machine) * 2 + (own ? 1 : 0)};
}

void Ghosts::connect(std::size_t ghost, std::size_t machine) {
    Acquaintance& it = acquaintance(ghost, machine);
    it.link = new_link(machine, true);
    it.up = it.has_answered = false;
    it.unanswered = 0;
    const slots::Endpoint& at = members_[machine].endpoint;
    world_.network.connect(ghost, {it.link, at.host, at.bus_port});
}

void Ghosts::link_ended(std::size_t ghost, std::size_t machine) {
    Acquaintance& it = acquaintance(ghost, machine);
    it.lost = it.severed = it.severed || it.has_answered;
    connect(ghost, machine);
}

void Ghosts::not_connected(std::size_t ghost, std::size_t machine, LinkEvent event) {
    Acquaintance& it = acquaintance(ghost, machine);
    it.link = {};
    it.next_attempt = now() + world_.machines.front().settings.timing.reconnect_limit;
    if (!it.asked_since) it.asked_since = now();
    const bool refused = event == LinkEvent::refused;
    if (refused && it.reachable() && rules_.has_crashed(it)) accuse(ghost, machine);
}

void Ghosts::enter(std::size_t, unsigned, Task task) {
    task();
}

LinkId Ghosts::link_accepted(std::size_t, std::size_t from) {
    return new_link(from, false);
}

void Ghosts::link_changed(std::size_t ghost, LinkId link, LinkEvent event) {
    const std::size_t machine = machine_of(link);
    Acquaintance& it = acquaintance(ghost, machine);
    if (!is_own(link)) {
        it.lost = it.lost || (it.severed && !it.up);
        return;
    }
    if (link != it.link) return;
    if (event == LinkEvent::closed) return link_ended(ghost, machine);
    if (event == LinkEvent::given_up) return connect(ghost, machine);
    if (event != LinkEvent::connected) return not_connected(ghost, machine, event);
    it.up = true;
    ping(ghost, machine);
}

void Ghosts::message_arrived(std::size_t ghost, LinkId link, const Message& message) {
    const std::size_t machine = machine_of(link);
    Acquaintance& it = acquaintance(ghost, machine);
    it.heard_at = now();
    it.lost = false;
    note_face(machine, message.header);
    Ballot& ballot = ghost_of(ghost).ballot;
    ballot.epoch = std::max(ballot.epoch, message.header.current_epoch);
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
        hear_heartbeat(ghost, link, *heartbeat);
    } else if (const auto* fail = std::get_if<gossip::Fail>(&message.body)) {
        hear_failure(ghost, fail->id);
    } else if (std::holds_alternative<gossip::VoteRequest>(message.body)) {
        consider_vote(ghost, machine, message.header);
    }
}

void Ghosts::note_face(std::size_t machine, const gossip::Header& header) {
    faces_[machine].votes = header.primary.none() && !header.slots.empty();
    if (header.extensible) patterns_[faces_[machine].votes ? 1 : 0] = header;
}

void Ghosts::hear_heartbeat(std::size_t ghost, LinkId link, const Heartbeat& heartbeat) {
    Acquaintance& it = acquaintance(ghost, machine_of(link));
    // Last, as a core does it: its answer does not know of this one yet.
    const auto view = heartbeat.extensions.view;
    if (heartbeat.kind != Heartbeat::Kind::pong) {
        note_witnesses(machine_of(link), heartbeat.extensions.witnesses);
        answer(ghost, link);
    }
    it.told_view = view;
    if (heartbeat.kind != Heartbeat::Kind::pong) return;
    if (link == it.link) hear_answer(it);
}

void Ghosts::hear_answer(Acquaintance& machine) {
    machine.answered_at = now();
    machine.asked_since.reset();
    machine.unanswered -= std::min<std::size_t>(machine.unanswered, 1);
    machine.severed = machine.suspected = false;
    machine.has_answered = true;
}

void Ghosts::hear_failure(std::size_t ghost, const NodeId& failed) {
    const auto number = numbers_.find(failed);
    if (number == numbers_.end() || number->second >= machines_) return;
    const Acquaintance& it = acquaintance(ghost, number->second);
    if (!it.failed && rules_.is_credible(it, now())) believe_failure(ghost, number->second);
}

void Ghosts::believe_failure(std::size_t ghost, std::size_t machine) {
    Acquaintance& it = acquaintance(ghost, machine);
    const bool accused = std::exchange(it.suspected, false);
    it.failed = true;
    if (!accused || !ghost_of(ghost).votes) return;
    for (std::size_t replica = 0; replica < machines_; ++replica) {
        const bool in_shard = faces_[replica].shard == faces_[machine].shard;
        if (!in_shard || replica == machine) continue;
        say(ghost, acquaintance(ghost, replica).link, gossip::Fail{members_[machine].id});
    }
}

// It says so once that is on its disk.
void Ghosts::consider_vote(std::size_t ghost, std::size_t candidate, const gossip::Header& header) {
    Ghost& voter = ghost_of(ghost);
    const auto primary = numbers_.find(header.primary);
    const bool known = primary != numbers_.end() && primary->second < machines_;
    if (!voter.votes || !known || header.offset == 0) return;
    const Acquaintance& it = acquaintance(ghost, primary->second);
    if (!rules_.would_vote(voter.ballot, header.current_epoch, it, now())) return;
    voter.ballot.last_vote_epoch = voter.ballot.epoch;
    const Time saved{chance_.between(world_.setup.disk_least_us, world_.setup.disk_most_us)};
    gossip::Vote vote;
    if (rules_.votes_on_condition(it, now())) {
        vote.conditions.push_back(faces_[primary->second].witnesses);
    }
    world_.scheduler.after(saved, [this, ghost, candidate, vote = std::move(vote)] {
        say(ghost, acquaintance(ghost, candidate).link, vote);
    });
}

void Ghosts::ping(std::size_t ghost, std::size_t machine) {
    Acquaintance& it = acquaintance(ghost, machine);
    if (!it.up) return;
    it.asked_at = now();
    if (!it.asked_since) it.asked_since = now();
    ++it.unanswered;
    say(ghost, it.link, heartbeat(ghost, machine, Heartbeat::Kind::ping));
}

void Ghosts::answer(std::size_t ghost, LinkId link) {
    const std::size_t machine = machine_of(link);
    const auto lease =
        rules_.promise(acquaintance(ghost, machine), both_vote(ghost, machine), now());
    say(ghost, link, heartbeat(ghost, machine, Heartbeat::Kind::pong), gossip::lease_mark(lease));
}

std::uint64_t Ghosts::view_for(std::size_t ghost, std::size_t machine) {
    return whole_view_ - shares_[ghost] - shares_[machine] + ghost_of(ghost).view;
}

// Suspects, and a machine that has failed if chance would have it among the others. Who works may
// as well not be mentioned.
std::vector<gossip::Rumour> Ghosts::rumours(std::size_t ghost, std::size_t machine) {
    std::vector<gossip::Rumour> rumours;
    const bool same = acquaintance(ghost, machine).told_view == view_for(ghost, machine);
    for (std::size_t other = 0; other < machines_; ++other) {
        const Acquaintance& it = acquaintance(ghost, other);
        if (it.reachable() || other == machine) continue;
        const auto mentions = [&] {
            return chance_.below(members_.size()) <
                   gossip::others_to_mention(members_.size(), true);
        };
        if (it.suspected) {
            rumours.push_back(accusation(members_[other], gossip::flag_suspected));
        } else if (!same && mentions()) {
            rumours.push_back(accusation(members_[other], gossip::flag_failed));
        }
    }
    return rumours;
}

Heartbeat Ghosts::heartbeat(std::size_t ghost, std::size_t machine, Heartbeat::Kind kind) {
    Heartbeat heartbeat{kind, rumours(ghost, machine), {}};
    heartbeat.extensions.shard = members_[ghost].shard;
    heartbeat.extensions.kin = founded_kin;
    heartbeat.extensions.view = view_for(ghost, machine);
    if (kind != Heartbeat::Kind::pong) heartbeat.extensions.witnesses = ghost_of(ghost).witnesses;
    return heartbeat;
}

void Ghosts::say(std::size_t ghost, LinkId link, gossip::Body body, std::uint16_t marks) {
    const gossip::SavedMember& self = members_[ghost];
    Message message{patterns_[ghost_of(ghost).votes ? 1 : 0].value_or(first_header()),
                    std::move(body)};
    gossip::Header& header = message.header;
    header.sender = self.id;
    header.process = ghost;  // After the machines: never 0.
    header.current_epoch = ghost_of(ghost).ballot.epoch;
    header.config_epoch = self.config_epoch;
    header.primary = self.primary;
    header.slots = share_of_shard(world_.setup, shard_of(world_.setup, ghost));
    header.host.clear();
    header.port = self.endpoint.port;
    header.bus_port = self.endpoint.bus_port;
    const unsigned role = self.primary.none() ? gossip::flag_primary : gossip::flag_replica;
    header.flags = static_cast<std::uint16_t>(gossip::flag_myself | role);
    header.extensible = std::holds_alternative<Heartbeat>(message.body);
    constexpr unsigned of_the_sender =
        gossip::knows_grapevine | gossip::reads_packed_frames | gossip::keeps_short_leases;
    header.capabilities = static_cast<std::uint16_t>((header.capabilities & of_the_sender) | marks);
    world_.network.send(ghost, link, std::move(message));
}

}  // namespace grapevine::sim
