// Stand-ins for most nodes of a cluster that is too large to be run whole. A machine with a core
// holds a table of all nodes; a ghost holds a few words about each machine, and does towards it
// what a core in its place would: it answers, asks, promises, accuses, believes and votes. Ghosts
// have nothing to do with each other. What a machine does and sends is what it would do and send in
// a cluster of cores; see ghost_rules.h for what a ghost decides.
//
// A ghost makes the header of its messages from what the machines of its kind (primaries, replicas)
// say of themselves.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "tests/sim/ghost_rules.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

class Ghosts final : private NetworkUser {
public:
    // All of Setup::ghosts; each comes to life in its turn.
    explicit Ghosts(World& world);
    ~Ghosts();

private:
    using Instant = gossip::Instant;

    struct Ghost {
        bool votes = false;
        Ballot ballot;
        Instant last_random_ping{};
        std::uint64_t view = 0;  // Of all that it does not see as in the beginning.
        std::optional<gossip::Witnesses> witnesses{};
    };
    // What a machine has said of itself last.
    struct Face {
        bool votes = false;
        std::size_t shard = 0;
        gossip::Witnesses witnesses{};
    };

    void start(std::size_t ghost);
    void tick(std::size_t ghost);
    void look_at(std::size_t ghost, std::size_t machine);
    void ping_at_random(std::size_t ghost);
    void sum_view(std::size_t ghost);
    void accuse(std::size_t ghost, std::size_t machine);
    bool is_convicted(std::size_t machine);
    void convict(std::size_t machine);
    void name_witnesses();
    void note_witnesses(std::size_t machine, const std::optional<gossip::Witnesses>& named);

    void connect(std::size_t ghost, std::size_t machine);
    void link_ended(std::size_t ghost, std::size_t machine);
    void not_connected(std::size_t ghost, std::size_t machine, LinkEvent event);

    void hear_heartbeat(std::size_t ghost, LinkId link, const gossip::Heartbeat& heartbeat);
    void hear_answer(Acquaintance& machine);
    void hear_failure(std::size_t ghost, const NodeId& failed);
    void believe_failure(std::size_t ghost, std::size_t machine);
    void consider_vote(std::size_t ghost, std::size_t candidate, const gossip::Header& header);

    void ping(std::size_t ghost, std::size_t machine);
    void answer(std::size_t ghost, LinkId link);
    std::uint64_t view_for(std::size_t ghost, std::size_t machine);
    std::vector<gossip::Rumour> rumours(std::size_t ghost, std::size_t machine);
    gossip::Heartbeat heartbeat(std::size_t ghost, std::size_t machine,
                                gossip::Heartbeat::Kind kind);
    void say(std::size_t ghost, LinkId link, gossip::Body body, std::uint16_t marks = 0);
    void note_face(std::size_t machine, const gossip::Header& header);

    // Links name the machine at their other end, and whether the ghost has made them.
    LinkId new_link(std::size_t machine, bool own);
    std::size_t machine_of(LinkId link) const { return link.number / 2 % machines_; }
    static bool is_own(LinkId link) { return link.number % 2 == 1; }

    Instant now() const;
    Ghost& ghost_of(std::size_t number) { return ghosts_[number - machines_]; }
    Acquaintance& acquaintance(std::size_t ghost, std::size_t machine) {
        return acquaintances_[(ghost - machines_) * machines_ + machine];
    }
    bool both_vote(std::size_t ghost, std::size_t machine) {
        return ghost_of(ghost).votes && faces_[machine].votes;
    }

    void enter(std::size_t ghost, unsigned life, Task task) override;
    LinkId link_accepted(std::size_t ghost, std::size_t from) override;
    void link_changed(std::size_t ghost, LinkId link, LinkEvent event) override;
    void message_arrived(std::size_t ghost, LinkId link, const Message& message) override;

    World& world_;
    const std::size_t machines_;
    const GhostRules rules_;
    Chance chance_;
    std::vector<gossip::SavedMember> members_;  // All nodes, by number.
    std::map<NodeId, std::size_t> numbers_;     // Of all nodes.
    std::vector<std::uint64_t> shares_;         // Of the view, by number, while all is well.
    std::uint64_t whole_view_ = 0;
    std::array<std::optional<gossip::Header>, 2> patterns_;  // Of replicas and of voters.
    std::vector<Face> faces_;
    std::vector<Ghost> ghosts_;
    std::vector<Acquaintance> acquaintances_;  // Of each ghost with each machine.
    std::uint64_t links_ = 0;
};

}  // namespace grapevine::sim
