#include "tests/sim/clients.h"

#include <algorithm>

namespace grapevine::sim {

Clients::Clients(World& world)
    : world_(world),
      chance_(static_cast<std::uint64_t>(world.setup.seed), "clients"),
      clients_(static_cast<std::size_t>(world.setup.clients)) {}

void Clients::start() {
    for (std::size_t i = 0; i < clients_.size(); ++i) act(i);
}

void Clients::act(std::size_t number) {
    const slots::Slot slot = world_.probes[chance_.below(world_.probes.size())];
    const auto guess = static_cast<std::size_t>(chance_.below(world_.machines.size()));
    Client& client = clients_[number];
    const std::size_t target = client.owners.try_emplace(slot.number, guess).first->second;
    const bool writes = chance_.happens(700);
    const Request request{number, slot, writes, chance_.happens(world_.setup.wait_per_mille)};
    Machine& machine = world_.machines[target];
    world_.scheduler.after(delay(), [this, request, &machine] {
        if (!machine.alive()) clients_[request.client].owners.erase(request.slot.number);
        world_.when_awake(machine, [this, request, &machine] { handle(request, machine); });
    });
    const Time pause{chance_.between(1, 2'000 * world_.setup.client_pause_ms)};
    world_.scheduler.after(pause, [this, number] { act(number); });
}

// A node that was stopped looks at the clock before it answers: see node/session.
void Clients::handle(const Request& request, Machine& machine) {
    const slots::Route route =
        slots::route(*machine.map, {.slot = request.slot, .writes = request.writes});
    if (route.verdict != slots::Verdict::serve) return redirect(request, machine, route);
    if (request.writes && machine.writes_held) return;
    if (request.writes) return write(request, machine);
    for (const auto& check : world_.checks) check->read(machine, request.slot);
}

void Clients::redirect(const Request& request, const Machine& machine, const slots::Route& route) {
    auto& owners = clients_[request.client].owners;
    owners.erase(request.slot.number);
    if (route.verdict != slots::Verdict::moved) return;
    const Machine* owner = world_.find(machine.map->nodes[route.node].id);
    if (owner != nullptr) owners[request.slot.number] = owner->number;
}

void Clients::write(const Request& request, Machine& machine) {
    world_.data.append(machine, request.slot.number, ++last_value_);
    ++world_.writes;
    for (const auto& check : world_.checks) check->wrote(machine, request.slot);
    const auto& log = machine.store.log;
    if (request.waits && world_.setup.replicas > 0) {
        const Kept written{request.slot.number, log.size() - 1, log.back().sum};
        wait(written, machine, replicas_of(machine), 20);
    }
}

// More than it was founded with when others have migrated to it.
std::size_t Clients::replicas_of(const Machine& primary) const {
    const auto follow = static_cast<std::size_t>(
        std::count_if(world_.machines.begin(), world_.machines.end(), [&](const Machine& machine) {
            const Store& store = machine.store;
            return !machine.removed && !machine.is_clone && store.primary_id == primary.id &&
                   !store.primary.host.empty();
        }));
    return std::max(follow, static_cast<std::size_t>(world_.setup.replicas));
}

void Clients::wait(const Kept& written, Machine& machine, std::size_t wanted, unsigned tries) {
    world_.scheduler.after(100ms, [=, this, &machine, life = machine.life] {
        if (machine.life != life || !machine.awake() || tries == 0) return;
        const bool still = machine.store.log.size() > written.index &&
                           machine.store.log[written.index].sum == written.sum;
        if (!still || !machine.store.primary.host.empty()) return;
        const std::size_t all = std::max(wanted, replicas_of(machine));
        if (world_.data.confirmed(machine, written.index) < all) {
            return wait(written, machine, all, tries - 1);
        }
        for (const auto& check : world_.checks) check->kept(written);
    });
}

}  // namespace grapevine::sim
