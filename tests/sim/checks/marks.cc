// Not a check: counts the interesting situations that the cores report.
#include "tests/sim/checks/checks.h"

namespace grapevine::sim {
namespace {

using Kind = gossip::Event::Kind;

class MarkWatch final : public Check {
public:
    using Check::Check;
    void announced(const Machine& machine, const gossip::Announcement& it) override {
        if (const auto* event = std::get_if<gossip::Event>(&it)) note(machine, *event);
    }

private:
    void note(const Machine& machine, const gossip::Event& event) {
        switch (event.kind) {
            case Kind::peer_recovered:
                if (event.detail == "it answers after its failure")
                    world.mark(Mark::peer_recovered);
                return;
            case Kind::election_won:
                if (event.about == ordered_) world.mark(Mark::manual_failover_won);
                return world.mark(Mark::election_won);
            case Kind::election_lost:
                return world.mark(Mark::election_lost);
            case Kind::epoch_collision:
                return world.mark(Mark::epoch_collision);
            case Kind::fenced:
                return world.mark(Mark::fenced_alive);
            case Kind::slots_lost:
                return world.mark(Mark::slots_lost);
            case Kind::message_refused:
                if (event.detail.starts_with("another process")) twin(machine, event);
                return world.mark(Mark::message_refused);
            case Kind::node_moved:
                return world.mark(Mark::node_moved);
            case Kind::primary_changed:
                if (!machine.map->slots_of(machine.map->self).empty()) {
                    world.mark(Mark::old_primary_follows);
                }
                return;
            case Kind::manual_failover:
                if (event.detail == "takeover") world.mark(Mark::takeover);
                if (event.detail.ends_with("by an operator")) ordered_ = event.about;
                return;
            case Kind::vote_refused:
                return refused(event.detail);
            default:
                return;
        }
    }
    void twin(const Machine& machine, const gossip::Event& event) {
        world.mark(event.about == machine.id ? Mark::copy_told : Mark::twin_turned_away);
    }

    NodeId ordered_;  // Whose replica was ordered last to take over.

    void refused(const std::string& why) {
        if (why == "its epoch is behind") world.mark(Mark::vote_refused_epoch);
        if (why == "the vote of this epoch is spent") world.mark(Mark::vote_refused_spent);
        if (why == "its primary has not failed") world.mark(Mark::vote_refused_not_failed);
        if (why == "it does not know who owns its slots") {
            world.mark(Mark::vote_refused_out_of_date);
        }
        if (why == "its primary was answered just now") world.mark(Mark::vote_refused_relied_on);
        if (why.ends_with("has more data")) world.mark(Mark::vote_refused_better_sibling);
    }
};

}  // namespace

void add_mark_watch(World& world, Checks& checks) {
    checks.push_back(std::make_unique<MarkWatch>(world));
}

}  // namespace grapevine::sim
