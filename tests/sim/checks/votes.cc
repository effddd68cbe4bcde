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

// VoteInformed: a vote is given by a voter, about a failure or by order, to a candidate that the
// voter knows nothing better than.
class VoteInformed final : public Check {
public:
    using Check::Check;
    void announced(const Machine&, const gossip::Announcement& it) override {
        const auto* event = std::get_if<gossip::Event>(&it);
        granted_ = granted_ || (event != nullptr && event->kind == Kind::vote_granted);
    }
    void after(const Turn& turn) override {
        if (!granted_) return;
        granted_ = false;
        const gossip::Core& core = turn.machine.belief();
        const gossip::Header& header = turn.message->header;
        const gossip::Member* candidate = core.members.find(header.sender);
        const gossip::Member* primary =
            candidate == nullptr ? nullptr : core.members.find(candidate->primary);
        if (!core.members.votes(core.self())) return complain(turn, "although it is no voter");
        if (primary == nullptr) return complain(turn, "which follows nobody");
        if (!primary->failed && !header.forced) complain(turn, "whose primary has not failed");
        if (is_stale(core, header)) complain(turn, "which does not know who owns its slots");
        if (!header.forced && has_better(core, *candidate, *primary, header.offset)) {
            complain(turn, "although another replica has more data");
        }
    }

private:
    bool is_stale(const gossip::Core& core, const gossip::Header& header) const {
        for (const slots::Slot probe : world.probes) {
            const gossip::Member* owner = core.members.owner(probe);
            const bool newer = owner != nullptr && owner->config_epoch > header.config_epoch;
            if (newer && header.slots.contains(probe) && !core.members.unclaimed().contains(probe))
                return true;
        }
        return false;
    }
    static bool has_better(const gossip::Core& core, const gossip::Member& candidate,
                           const gossip::Member& primary, std::uint64_t offset) {
        bool found = false;
        const bool late = core.now - primary.failed_at > core.timing().better_sibling_patience;
        core.members.for_each([&](const gossip::Member& member) {
            const bool stands = member.primary == primary.id && member.reachable() &&
                                member.link_up && !member.severed && member.grapevine;
            found = found || (!late && stands && &member != &candidate && member.offset > offset);
        });
        return found;
    }
    void complain(const Turn& turn, const std::string& why) {
        world.violated("VoteInformed", World::name(turn.machine) + " votes for " +
                                           world.name(turn.message->header.sender) + ", " + why);
    }

    bool granted_ = false;
};

// ElectOnce: an epoch has one winner, unless an operator has just made voters without asking any:
// a TAKEOVER on one side of a cut leaves a majority on each side. PromoteQuorum: it has heard votes
// of a majority, each for this very election.
class OneWinner final : public Check {
public:
    explicit OneWinner(World& watched) : Check(watched), voters_(watched.machines.size()) {}
    void started(const Machine& machine) override { voters_[machine.number] = {}; }
    void before(const Turn& turn) override {
        if (turn.kind != Turn::Kind::message) return;
        if (!std::holds_alternative<gossip::Vote>(turn.message->body)) return;
        const gossip::Header& header = turn.message->header;
        voters_[turn.machine.number][header.current_epoch].insert(header.sender);
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
        const bool promised = !any_disk_lied() && !world.may_overlap();
        if (!first && winner->second != machine.id && promised) {
            return world.violated("ElectOnce", "epoch " + std::to_string(epoch) + " was won by " +
                                                   world.name(machine.id) + " and " +
                                                   world.name(winner->second));
        }
        const std::size_t votes = voters_[machine.number][epoch].size();
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

    using Votes = std::map<std::uint64_t, std::set<NodeId>>;  // By epoch.

    std::vector<Votes> voters_;  // That the process on each machine has heard.
    std::map<std::uint64_t, NodeId> candidates_;
    std::map<std::uint64_t, NodeId> winners_;
};

}  // namespace

void add_vote_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<VoteOnce>(world));
    checks.push_back(std::make_unique<VoteDurable>(world));
    checks.push_back(std::make_unique<VoteInformed>(world));
    checks.push_back(std::make_unique<OneWinner>(world));
}

}  // namespace grapevine::sim
