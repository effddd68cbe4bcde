#include "tests/sim/crowd.h"

#include <algorithm>

namespace grapevine::sim {
namespace {

constexpr Time between_starts = 2ms;

NodeId name_of_node(const Setup& setup, std::size_t node) {
    return gossip::Random(static_cast<std::uint64_t>(setup.seed) * 1'000'003 + node).id<NodeId>();
}

std::size_t primaries_of(const Setup& setup) {
    return static_cast<std::size_t>(setup.primaries);
}

std::size_t shards_of(const Setup& setup) {
    return primaries_of(setup) + setup.ghosts / 2;
}

std::size_t primary_of_shard(const Setup& setup, std::size_t shard) {
    const std::size_t primaries = primaries_of(setup);
    return shard < primaries ? shard : setup.machines() + shard - primaries;
}

bool serves(const Machine& machine) {
    return machine.alive() && machine.belief().serving && !machine.belief().fenced;
}

}  // namespace

std::size_t shard_of(const Setup& setup, std::size_t node) {
    const std::size_t primaries = primaries_of(setup);
    if (node < setup.machines()) return node % primaries;
    return primaries + (node - setup.machines()) % (setup.ghosts / 2);
}

Time starts_at(const Setup& setup, std::size_t node) {
    const std::size_t machines = setup.machines();
    const Time tick = std::chrono::milliseconds(setup.tick_ms);
    const Time between = std::max(between_starts, tick / setup.primaries);
    if (node < machines) return (setup.ghosts > 0 ? between : between_starts) * node;
    return between * machines + between_starts * (node - machines);
}

slots::SlotSet share_of_shard(const Setup& setup, std::size_t shard) {
    const std::size_t shards = shards_of(setup);
    const auto first = slots::slot_count * shard / shards;
    const auto end = slots::slot_count * (shard + 1) / shards;
    slots::SlotSet share;
    if (first < end) {
        share.insert({{static_cast<std::uint16_t>(first)}, {static_cast<std::uint16_t>(end - 1)}});
    }
    return share;
}

gossip::SavedMember founded_member(const Setup& setup, std::size_t node) {
    const std::size_t shard = shard_of(setup, node);
    const MachinePlace place = place_of(node);
    const NodeId primary = name_of_node(setup, primary_of_shard(setup, shard));
    gossip::SavedMember member;
    member.id = name_of_node(setup, node);
    member.shard = *slots::ShardId::parse(primary.text());
    member.endpoint = {place.address, place.port, place.bus_port()};
    member.config_epoch = shard + 1;
    if (member.id == primary) {
        member.slots = share_of_shard(setup, shard);
    } else {
        member.role = slots::Role::replica;
        member.primary = primary;
    }
    return member;
}

gossip::State founded_state(const Setup& setup, std::size_t machine) {
    gossip::State state;
    state.self = name_of_node(setup, machine);
    state.current_epoch = shards_of(setup);
    state.kin = founded_kin;
    for (std::size_t i = 0; i < setup.nodes(); ++i) {
        state.members.push_back(founded_member(setup, i));
    }
    std::sort(state.members.begin(), state.members.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return state;
}

Crowd::Crowd(const Setup& setup) : plan_{setup, {}}, world_(plan_, World::Bare{}) {
    for (Machine& machine : world_.machines) {
        world_.scheduler.at(starts_at(setup, machine.number), [this, &machine] {
            const gossip::State state = founded_state(world_.setup, machine.number);
            machine.disk.fill({0, to_text(state), {}});
            world_.boot(machine);
        });
    }
    if (setup.ghosts > 0) ghosts_.emplace(world_);
}

bool Crowd::settle() {
    const Time timeout = std::chrono::milliseconds(world_.setup.node_timeout_ms);
    world_.run_until(starts_at(world_.setup, world_.setup.nodes()) + timeout);
    return world_.run_until(world_.scheduler.now() + 60s + 2 * timeout, [this] {
        return std::all_of(world_.machines.begin(), world_.machines.end(), serves);
    });
}

}  // namespace grapevine::sim
