// Epochs: claimed only when saved, never taken back, never above what the cluster is at.
#include <map>

#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

bool claims_primary(const gossip::Header& header) {
    return header.primary.none();
}

// ClaimDurable: no message carries an epoch that its sender's disk does not hold.
class ClaimDurable final : public Check {
public:
    using Check::Check;
    void sent(const Machine& machine, const gossip::Send& it, const NodeId&) override {
        const gossip::Header& header = it.message.header;
        const Written* saved = machine.disk.durable();
        static const Promise none;
        const Promise& promise = saved == nullptr ? none : saved->promise;
        if (header.current_epoch > promise.current_epoch) {
            return complain(machine, "the current epoch", header.current_epoch);
        }
        if (claims_primary(header) && header.config_epoch > promise.config_epoch) {
            complain(machine, "its config epoch", header.config_epoch);
        }
    }

private:
    void complain(const Machine& machine, const std::string& what, std::uint64_t epoch) {
        world.violated("ClaimDurable", world.name(machine.id) + " speaks of " + what + ' ' +
                                           std::to_string(epoch) +
                                           ", which its disk does not hold");
    }
};

// EpochMono: what a node says aloud never goes back, not even over a restart.
class SpokenMono final : public Check {
public:
    using Check::Check;
    void sent(const Machine& machine, const gossip::Send& it, const NodeId&) override {
        if (machine.disk_lied || machine.is_clone) return;
        std::uint64_t& greatest = spoken_[machine.id];
        const std::uint64_t epoch = it.message.header.current_epoch;
        // A vote that waited for the disk carries the epoch that it was given in.
        const bool waited = std::holds_alternative<gossip::Vote>(it.message.body);
        if (epoch < greatest && !waited) {
            world.violated("EpochMono", world.name(machine.id) + " says epoch " +
                                            std::to_string(epoch) + " after " +
                                            std::to_string(greatest));
        }
        greatest = std::max(greatest, epoch);
    }

private:
    std::map<NodeId, std::uint64_t> spoken_;
};

// EpochMono: in memory nothing goes back either. EpochBound: nobody's config epoch is above the
// current one.
class BelievedMono final : public Check {
public:
    using Check::Check;
    void started(const Machine& machine) override { seen_[machine.number] = {}; }
    void after(const Turn& turn) override {
        const gossip::Core& core = turn.machine.belief();
        Seen& seen = seen_[turn.machine.number];
        if (seen.self != core.self().id) seen = {core.self().id, 0, 0, {}};
        if (core.current_epoch < seen.current || core.last_vote_epoch < seen.vote) {
            return complain("EpochMono", turn.machine, "its own epochs went back");
        }
        seen.current = core.current_epoch;
        seen.vote = core.last_vote_epoch;
        auto known = seen.members.begin();
        core.members.for_each([&](const gossip::Member& member) {
            if (member.config_epoch > core.current_epoch) {
                complain("EpochBound", turn.machine,
                         world.name(member.id) + "'s is above the current one");
            }
            compare(turn.machine, seen, known, member);
        });
        seen.members.erase(known, seen.members.end());
    }

private:
    struct Known {
        NodeId id;
        std::uint64_t epoch;
    };
    struct Seen {
        NodeId self;
        std::uint64_t current = 0;
        std::uint64_t vote = 0;
        std::vector<Known> members;  // In the order of ids, as the core has them.
    };

    // Members have come or gone.
    static std::vector<Known>::iterator find_or_insert(Seen& seen,
                                                       std::vector<Known>::iterator known,
                                                       const gossip::Member& member) {
        while (known != seen.members.end() && known->id < member.id) {
            known = seen.members.erase(known);
        }
        const bool there = known != seen.members.end() && known->id == member.id;
        return there ? known : seen.members.insert(known, {member.id, member.config_epoch});
    }
    void compare(const Machine& machine, Seen& seen, std::vector<Known>::iterator& known,
                 const gossip::Member& member) {
        if (known == seen.members.end() || known->id != member.id) {
            known = find_or_insert(seen, known, member);
        }
        if (member.config_epoch < known->epoch) {
            complain("EpochMono", machine, world.name(member.id) + "'s went back");
        }
        known->epoch = member.config_epoch;
        ++known;
    }
    void complain(std::string_view invariant, const Machine& machine, const std::string& what) {
        world.violated(invariant, "config epochs at " + world.name(machine.id) + ": " + what);
    }

    std::map<std::size_t, Seen> seen_;  // By machine, of its process.
};

}  // namespace

void add_epoch_checks(World& world, Checks& checks) {
    checks.push_back(std::make_unique<ClaimDurable>(world));
    checks.push_back(std::make_unique<SpokenMono>(world));
    checks.push_back(std::make_unique<BelievedMono>(world));
}

}  // namespace grapevine::sim
