// A cluster of real cores on simulated machines. Everything that happens comes from a plan and its
// seed; the functions that make it happen are in files of their own, one per subject.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/check.h"
#include "tests/sim/machine.h"
#include "tests/sim/marks.h"
#include "tests/sim/network.h"
#include "tests/sim/plan.h"

namespace grapevine::sim {

struct Violation {
    std::string invariant;
    std::string what;
    Time at{0};
};

class World final : private NetworkUser {
public:
    World(const Plan& plan, bool tells);
    // Machines on which nothing runs yet, and nobody checks anything.
    struct Bare {};
    World(const Plan& plan, Bare);
    ~World();

    // Runs until `end`, or until something is violated.
    void run_until(Time end);
    // The same, until `condition` holds; looks at it every 50 ms. False: it never did.
    template <typename Condition>
    bool run_until(Time end, Condition condition) {
        while (!violation && !condition()) {
            if (scheduler.now() >= end) return false;
            run_until(std::min(end, scheduler.now() + 50ms));
        }
        return !violation;
    }

    // Processes.
    void boot(Machine& machine);  // From what its disk has; a new node when that is nothing.
    void kill(Machine& machine, bool with_host = false);
    void pause(Machine& machine);
    void resume(Machine& machine);
    // Runs `task` when the process that is the machine's now is awake; never if it dies before.
    void when_awake(Machine& machine, Task task) {
        enter(machine.number, machine.life, std::move(task));
    }
    // What an operator orders. The answer comes when the node gives it: never when it dies before.
    using Answer = std::function<void(const Result<std::string>&)>;
    void obey(Machine& machine, const gossip::Order& order, Answer answer = {});
    // Tells the core about replication and writes.
    void tell_acknowledgements(Machine& machine);
    void tell_facts(Machine& machine);

    // Somebody has given away that only one node accepts writes for a slot: an operator by a
    // failover that the primary was not asked about, or by an order about slots; a disk by losing
    // what a node had promised.
    bool may_overlap() const;
    bool may_overlap(slots::Slot slot) const;
    void allow_overlap();  // For a while, from now on.
    void allow_overlap(slots::Slot slot);
    // Likewise for writes that every replica has confirmed.
    bool data_may_be_lost() const;
    bool data_may_be_lost(slots::Slot slot) const;
    // Slots were moved, or shards changed, between nodes that perhaps did not see each other.
    bool may_map_differ() const { return shards_changed || !slot_may_overlap_until.empty(); }
    void violated(std::string_view invariant, std::string what);
    void mark(Mark one) { ++marks[static_cast<std::size_t>(one)]; }
    // A line of the story; `what` is a function that makes it, called when somebody listens.
    template <typename What>
    void tell(What what) {
        if (tells_) story.push_back(stamped(what()));
    }
    std::string name(const NodeId& id) const;  // "n3"; what nobody knows: its first digits.
    static std::string name(const Machine& machine) { return "n" + std::to_string(machine.number); }
    Machine& machine(std::int64_t number) {
        return machines[static_cast<std::size_t>(number) % setup.machines()];
    }
    Machine* find(const NodeId& id);

    const Plan& plan;
    const Setup& setup;
    Scheduler scheduler;
    Network network;
    Chance chance;  // For what is decided while it runs.
    // Their references stay valid. The last is the clones', if the plan has any.
    std::deque<Machine> machines;
    std::vector<slots::Slot> probes;  // One of every range that moves as a whole.
    Data data;
    Checks checks;
    std::uint64_t writes = 0;  // That were accepted.
    Time overlap_allowed_until{-1};
    std::map<std::uint16_t, Time> slot_may_overlap_until;  // Of those that were moved.
    bool members_changed = false;  // Operators have to introduce or forget somebody.
    bool shards_changed = false;   // Replicas went to another shard.
    bool memory_lost = false;      // A disk, or an order that makes a node forget.
    bool in_danger = false;        // Faults are going on.
    MarkCounts marks{};
    std::optional<Violation> violation;
    std::uint64_t hash = 0;  // Of everything that has happened.
    std::vector<std::string> story;

private:
    Time end_of_overlap() const;
    void add_machine(std::size_t number);
    void tick(Machine& machine, unsigned life);
    template <typename Work>
    void turn(const Turn& turn, Work work);
    void carry_out(Machine& machine, Effects effects);
    void save(Machine& machine, const gossip::Save& save);
    // What was promised up to this generation is so, or could not be saved.
    void keep_promises(Machine& machine, gossip::Generation until, bool saved);
    void send(Machine& machine, gossip::Send& message);
    void announce(Machine& machine, const gossip::Announcement& announcement);
    void note(const Machine& machine, const gossip::Event& event);
    std::string stamped(const std::string& line) const;
    void mix(std::uint64_t value) { hash = (hash ^ value) * 0x9e3779b97f4a7c15 + 1; }

    void enter(std::size_t machine, unsigned life, Task task) override;
    LinkId link_accepted(std::size_t machine, std::size_t from) override;
    void link_changed(std::size_t machine, LinkId link, LinkEvent event) override;
    void message_arrived(std::size_t machine, LinkId link, const Message& message) override;

    bool tells_ = false;
};

}  // namespace grapevine::sim
