// Failures: nobody is accused whom nothing happened to, and nobody fails without a majority.
#include <map>
#include <utility>

#include "gossip/witnesses.h"
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

using Kind = gossip::Event::Kind;

bool told_by_others(const gossip::Event& event) {
    return event.detail.starts_with("told by");
}

// NoFalseFail: a node that no fault has touched, on a network that is fast enough, is neither
// suspected nor failed by anybody, whatever the others go through.
class NoFalseFail final : public Check {
public:
    using Check::Check;
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        const auto* event = std::get_if<gossip::Event>(&it);
        if (event == nullptr || !is_calm()) return;
        const bool suspects = event->kind == Kind::peer_suspected;
        if (!suspects && event->kind != Kind::peer_failed) return;
        const Machine* accused = world.find(event->about);
        if (accused == nullptr || accused->disturbed > 0 || !accused->alive()) return;
        world.violated(suspects ? "NoFalseSuspicion" : "NoFalseFail",
                       World::name(machine) + " accuses " + World::name(*accused) +
                           ", which nothing has happened to: " + event->detail);
    }

private:
    bool is_calm() const {
        const Setup& setup = world.setup;
        const std::int64_t slowest =
            setup.delay_most_us / 1'000 + (setup.spike_per_mille > 0 ? setup.spike_ms : 0);
        return 4 * slowest + 3 * setup.tick_ms < setup.node_timeout_ms / 2;
    }
};

// FailEvidence: whoever finds that a node has failed suspects it itself, and has heard enough other
// voters accuse it not too long ago.
class FailEvidence final : public Check {
public:
    explicit FailEvidence(World& watched) : Check(watched), heard_(watched.machines.size()) {}
    void started(const Machine& machine) override { heard_[machine.number].clear(); }
    void before(const Turn& turn) override {
        if (turn.kind != Turn::Kind::message) return;
        const bool heartbeat = std::holds_alternative<gossip::Heartbeat>(turn.message->body);
        if (heartbeat && is_listened_to(turn)) said_ = turn.message;
    }
    void after(const Turn& turn) override { hear(turn.machine); }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        hear(machine);
        const auto* event = std::get_if<gossip::Event>(&it);
        if (event == nullptr) return;
        if (event->kind == Kind::peer_suspected) suspected_[{machine.number, event->about}] = true;
        if (event->kind == Kind::peer_recovered) suspected_.erase({machine.number, event->about});
        if (event->kind != Kind::peer_failed || told_by_others(*event)) return;
        world.mark(Mark::peer_failed);
        judge(machine, event->about);
    }

private:
    using Accusations = std::map<NodeId, gossip::Instant>;  // By accuser.

    // Not on a link that is gone, nor where another was called, or a newcomer that is known
    // already.
    static bool is_listened_to(const Turn& turn) {
        const auto& links = turn.machine.belief().links;
        const auto link = links.find(turn.link);
        if (link == links.end()) return false;
        return !link->second.outbound || link->second.peer == turn.message->header.sender;
    }
    gossip::Instant now_at(const Machine& machine) const {
        return machine.clock.at(world.scheduler.now());
    }
    // What this turn's message says, once. Another process under its sender's name was turned away:
    // the core knows by now.
    void hear(const Machine& machine) {
        if (said_ == nullptr) return;
        const gossip::Message& message = *std::exchange(said_, nullptr);
        const gossip::Header& header = message.header;
        const gossip::Member* sender = machine.belief().members.find(header.sender);
        if (sender != nullptr && sender->process && sender->process != header.process) return;
        for (const auto& rumour : std::get<gossip::Heartbeat>(message.body).rumours) {
            hear(machine, header.sender, rumour);
        }
    }
    void hear(const Machine& machine, const NodeId& sender, const gossip::Rumour& rumour) {
        constexpr unsigned accused = gossip::flag_suspected | gossip::flag_failed;
        auto& heard = heard_[machine.number];
        if ((rumour.flags & accused) != 0) {
            heard[rumour.id][sender] = now_at(machine);
        } else if (const auto about = heard.find(rumour.id); about != heard.end()) {
            about->second.erase(sender);
        }
    }
    void judge(const Machine& machine, const NodeId& failed) {
        const gossip::Core& core = machine.belief();
        const auto oldest = now_at(machine) - core.timing().report_validity();
        std::size_t count = core.members.votes(core.self()) ? 1 : 0;
        for (const auto& [accuser, at] : heard_[machine.number][failed]) {
            const gossip::Member* member = core.members.find(accuser);
            const bool votes = member != nullptr && core.members.votes(*member);
            count += votes && at >= oldest ? 1 : 0;
        }
        const bool own = suspected_.contains({machine.number, failed});
        if (own && (count >= core.members.quorum() || has_witnesses(machine, failed))) return;
        world.violated("FailEvidence", World::name(machine) + " fails " + world.name(failed) +
                                           " with " + std::to_string(count) + " accusers of " +
                                           std::to_string(core.members.quorum()) +
                                           (own ? "" : " and does not suspect it itself"));
    }

    // A majority of those that it has named to this machine.
    bool has_witnesses(const Machine& machine, const NodeId& failed) {
        const gossip::Core& core = machine.belief();
        const gossip::Member* member = core.members.find(failed);
        if (member == nullptr || !member->witnesses || member->witnesses->empty()) return false;
        const auto oldest = now_at(machine) - core.timing().report_validity();
        const Accusations& heard = heard_[machine.number][failed];
        std::size_t count = 0;
        for (const NodeId& id : *member->witnesses) {
            const auto accusation = heard.find(id);
            const bool by_other = accusation != heard.end() && accusation->second >= oldest;
            count += by_other || id == machine.id ? 1 : 0;
        }
        return count > member->witnesses->size() / 2;
    }

    std::vector<std::map<NodeId, Accusations>> heard_;  // By machine and accused.
    const gossip::Message* said_ = nullptr;             // And not heard yet.
    std::map<std::pair<std::size_t, NodeId>, bool> suspected_;
};

// NoHearsay: who has just had an answer from a node, on a link that is still up, and does not
// suspect it, takes nobody's word for its failure; except voters' about its own primary, and that
// of the node's witnesses, who ask it more often.
class NoHearsay final : public Check {
public:
    explicit NoHearsay(World& watched) : Check(watched), answers_(watched.machines.size()) {}
    void started(const Machine& machine) override { answers_[machine.number].clear(); }
    void before(const Turn& turn) override {
        contradicted_ = false;
        if (turn.kind != Turn::Kind::message) return;
        const auto* heartbeat = std::get_if<gossip::Heartbeat>(&turn.message->body);
        const bool answer =
            heartbeat != nullptr && heartbeat->kind == gossip::Heartbeat::Kind::pong;
        if (answer) hear_answer(turn);
        if (const auto* fail = std::get_if<gossip::Fail>(&turn.message->body)) {
            contradicted_ = is_contradicted(turn, fail->id);
        }
    }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        const auto* event = std::get_if<gossip::Event>(&it);
        const bool believes = event != nullptr && event->kind == Kind::peer_failed &&
                              told_by_others(*event) && contradicted_;
        if (!believes) return;
        world.violated("NoHearsay", World::name(machine) + " is told that " +
                                        world.name(event->about) +
                                        " has failed, which has just answered it");
    }

private:
    struct Answer {
        LinkId link;
        gossip::Instant at;
    };

    gossip::Instant now_at(const Machine& machine) const {
        return machine.clock.at(world.scheduler.now());
    }
    void hear_answer(const Turn& turn) {
        const auto& links = turn.machine.belief().links;
        const NodeId& sender = turn.message->header.sender;
        const auto link = links.find(turn.link);
        const bool ours =
            link != links.end() && link->second.outbound && link->second.peer == sender;
        if (ours) answers_[turn.machine.number][sender] = {turn.link, now_at(turn.machine)};
    }
    bool has_answer(const Machine& machine, const NodeId& id) const {
        const auto& answers = answers_[machine.number];
        const auto answer = answers.find(id);
        if (answer == answers.end()) return false;
        const gossip::Core& core = machine.belief();
        const bool recent = now_at(machine) - answer->second.at < core.timing().fence();
        return recent && core.links.contains(answer->second.link);
    }
    bool is_contradicted(const Turn& turn, const NodeId& id) const {
        const gossip::Core& core = turn.machine.belief();
        const gossip::Member* accused = core.members.find(id);
        const gossip::Member* teller = core.members.find(turn.message->header.sender);
        if (accused == nullptr || teller == nullptr || accused->suspected) return false;
        const bool own_primary = core.self().primary == id && core.members.votes(*teller);
        const bool by_witness = gossip::is_witness(accused->witnesses, teller->id) &&
                                !gossip::is_witness(accused->witnesses, core.self().id);
        return has_answer(turn.machine, id) && !own_primary && !by_witness;
    }

    std::vector<std::map<NodeId, Answer>> answers_;  // By machine: the last one of each peer.
    bool contradicted_ = false;  // What this turn's message says, by an answer in hand.
};

}  // namespace

void add_failure_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<NoFalseFail>(world));
    checks.push_back(std::make_unique<FailEvidence>(world));
    checks.push_back(std::make_unique<NoHearsay>(world));
}

}  // namespace grapevine::sim
