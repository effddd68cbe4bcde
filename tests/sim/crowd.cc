#include "tests/sim/crowd.h"

#include <algorithm>

namespace grapevine::sim {
namespace {

constexpr Time between_starts = 2ms;

NodeId name_of_machine(const Setup& setup, std::size_t machine) {
    return gossip::Random(static_cast<std::uint64_t>(setup.seed) * 1'000'003 + machine)
        .id<NodeId>();
}

// Machines are the primaries, then their replicas in the same order, and so on.
std::size_t primary_of(const Setup& setup, std::size_t machine) {
    return machine % static_cast<std::size_t>(setup.primaries);
}

slots::SlotSet share_of(const Setup& setup, std::size_t primary) {
    const auto primaries = static_cast<std::size_t>(setup.primaries);
    const auto first = slots::slot_count * primary / primaries;
    const auto end = slots::slot_count * (primary + 1) / primaries;
    slots::SlotSet share;
    if (first < end) {
        share.insert({{static_cast<std::uint16_t>(first)}, {static_cast<std::uint16_t>(end - 1)}});
    }
    return share;
}

gossip::SavedMember saved_member(const Setup& setup, std::size_t number) {
    const std::size_t primary = primary_of(setup, number);
    const MachinePlace place = place_of(number);
    gossip::SavedMember member;
    member.id = name_of_machine(setup, number);
    const auto shard = name_of_machine(setup, primary);
    member.shard = *slots::ShardId::parse(shard.text());
    member.endpoint = {place.address, place.port, place.bus_port()};
    member.config_epoch = primary + 1;
    if (number == primary) {
        member.slots = share_of(setup, primary);
    } else {
        member.role = slots::Role::replica;
        member.primary = shard;
    }
    return member;
}

bool serves(const Machine& machine) {
    return machine.alive() && machine.belief().serving && !machine.belief().fenced;
}

}  // namespace

gossip::State founded_state(const Setup& setup, std::size_t machine) {
    gossip::State state;
    state.self = name_of_machine(setup, machine);
    state.current_epoch = static_cast<std::uint64_t>(setup.primaries);
    state.kin = {1, true};
    for (std::size_t i = 0; i < setup.machines(); ++i) {
        state.members.push_back(saved_member(setup, i));
    }
    std::sort(state.members.begin(), state.members.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return state;
}

Crowd::Crowd(const Setup& setup) : plan_{setup, {}}, world_(plan_, World::Bare{}) {
    for (Machine& machine : world_.machines) {
        world_.scheduler.at(machine.number * between_starts, [this, &machine] {
            const gossip::State state = founded_state(world_.setup, machine.number);
            machine.disk.fill({0, to_text(state), {}});
            world_.boot(machine);
        });
    }
}

bool Crowd::settle() {
    const Time timeout = std::chrono::milliseconds(world_.setup.node_timeout_ms);
    world_.run_until(world_.machines.size() * between_starts + timeout);
    return world_.run_until(world_.scheduler.now() + 60s + 2 * timeout, [this] {
        return std::all_of(world_.machines.begin(), world_.machines.end(), serves);
    });
}

}  // namespace grapevine::sim
