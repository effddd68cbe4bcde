// Elections: one vote in an epoch, saved before it is spoken; one winner, with a true majority.
#include <map>
#include <set>

#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

using Ballot = std::pair<NodeId, std::uint64_t>;  // A node and an epoch.
using Kind = gossip::Event::Kind;

// VoteOnce: nobody votes for two candidates in one epoch, also not after a restart.
class VoteOnce final : public Check {
public:
    using Check::Check;
    void sent(const Machine& voter, const gossip::Send& it, const NodeId& to) override {
        if (!std::holds_alternative<gossip::Vote>(it.message.body) || voter.disk_lied) return;
        const std::uint64_t epoch = it.message.header.current_epoch;
        const auto [vote, first] = votes_.emplace(Ballot{voter.id, epoch}, to);
        if (first || vote->second == to) return;
        world.violated("VoteOnce", world.name(voter.id) + " votes for " + world.name(to) + " and " +
                                       world.name(vote->second) + " in epoch " +
                                       std::to_string(epoch));
    }

private:
    std::map<Ballot, NodeId> votes_;
};

// VoteDurable: when a vote leaves, a disk knows that it was given.
class VoteDurable final : public Check {
public:
    using Check::Check;
    void sent(const Machine& voter, const gossip::Send& it, const NodeId&) override {
        if (!std::holds_alternative<gossip::Vote>(it.message.body)) return;
        const std::uint64_t epoch = it.message.header.current_epoch;
        const Written* saved = voter.disk.durable();
        if (saved != nullptr && saved->promise.last_vote_epoch >= epoch &&
            saved->promise.current_epoch >= epoch) {
            return;
        }
        world.violated("VoteDurable", world.name(voter.id) + " speaks of a vote in epoch " +
                                          std::to_string(epoch) + " that its disk does not hold");
    }
};

// ElectOnce: an epoch has one winner. PromoteQuorum: it has votes of a majority, each for this
// very election.
class OneWinner final : public Check {
public:
    using Check::Check;
    void sent(const Machine& voter, const gossip::Send& it, const NodeId& to) override {
        if (!std::holds_alternative<gossip::Vote>(it.message.body)) return;
        voters_[{to, it.message.header.current_epoch}].insert(voter.id);
    }
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        const auto* event = std::get_if<gossip::Event>(&it);
        if (event == nullptr) return;
        if (event->kind == Kind::election_started) started(machine, event->epoch);
        if (event->kind == Kind::election_won) won(machine, event->epoch);
    }

private:
    void started(const Machine& machine, std::uint64_t epoch) {
        const auto [candidate, first] = candidates_.emplace(epoch, machine.id);
        if (!first && candidate->second != machine.id) {
            world.mark(Mark::two_candidates_in_one_epoch);
        }
    }
    void won(const Machine& machine, std::uint64_t epoch) {
        const auto [winner, first] = winners_.emplace(epoch, machine.id);
        if (!first && winner->second != machine.id && !any_disk_lied()) {
            return world.violated("ElectOnce", "epoch " + std::to_string(epoch) + " was won by " +
                                                   world.name(machine.id) + " and " +
                                                   world.name(winner->second));
        }
        const std::size_t votes = voters_[{machine.id, epoch}].size();
        const std::size_t needed = machine.belief().members.quorum();
        if (votes >= needed) return;
        world.violated("PromoteQuorum",
                       world.name(machine.id) + " won epoch " + std::to_string(epoch) + " with " +
                           std::to_string(votes) + " votes of " + std::to_string(needed));
    }
    bool any_disk_lied() const {
        for (const Machine& machine : world.machines) {
            if (machine.disk_lied) return true;
        }
        return false;
    }

    std::map<Ballot, std::set<NodeId>> voters_;  // Of a candidate's election.
    std::map<std::uint64_t, NodeId> candidates_;
    std::map<std::uint64_t, NodeId> winners_;
};

}  // namespace

void add_vote_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<VoteOnce>(world));
    checks.push_back(std::make_unique<VoteDurable>(world));
    checks.push_back(std::make_unique<OneWinner>(world));
}

}  // namespace grapevine::sim
