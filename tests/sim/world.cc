#include "tests/sim/world.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "slots/check.h"

namespace grapevine::sim {
namespace {

gossip::Settings settings_of(const Setup& setup) {
    gossip::Settings settings;
    settings.timing.node_timeout = gossip::Duration{setup.node_timeout_ms};
    settings.timing.tick = gossip::Duration{setup.tick_ms};
    settings.timing.most_pulsing_voters = static_cast<std::size_t>(setup.pulsing_voters);
    settings.timing.witnesses = static_cast<std::size_t>(setup.witnesses);
    settings.timing.ask_spacing = gossip::Duration{setup.ask_spacing_ms};
    settings.timing.replica_validity_factor = static_cast<int>(setup.validity_factor);
    settings.timing.replication_ping = gossip::Duration{setup.replication_ping_ms};
    settings.crash_evidence = setup.crash_evidence != 0;
    settings.host_evidence = setup.host_evidence != 0;
    settings.require_full_coverage = setup.full_coverage != 0;
    settings.allow_replica_migration = setup.replica_migration != 0;
    return settings;
}

// As Redis does: without the marks and extensions by which Grapevines know each other and promise
// something.
void make_redis_like(Message& message) {
    message.header.capabilities = 0;
    message.header.process = 0;
    if (auto* heartbeat = std::get_if<gossip::Heartbeat>(&message.body)) {
        gossip::Extensions& extensions = heartbeat->extensions;
        extensions.graves.reset();
        extensions.kin.reset();
        extensions.view.reset();
        extensions.witnesses.reset();
    }
    if (auto* vote = std::get_if<gossip::Vote>(&message.body)) vote->conditions.clear();
}

Promise promise_of(const gossip::Core& core) {
    Promise promise{core.self().id, core.current_epoch, core.last_vote_epoch,
                    core.self().config_epoch, core.members.slots_of(core.self())};
    for (const auto& [primary, vote] : core.votes_against) {
        promise.votes[primary] = {vote.epoch, vote.candidate, vote.original};
    }
    return promise;
}

}  // namespace

World::World(const Plan& the_plan, Bare)
    : plan(the_plan),
      setup(the_plan.setup),
      network(scheduler, *this, setup, setup.machines() + (plan.has_clones() ? 1 : 0)),
      chance(static_cast<std::uint64_t>(setup.seed), "world"),
      data(*this) {
    for (std::size_t i = 0; i < setup.machines(); ++i) add_machine(i);
    if (!plan.has_clones()) return;
    add_machine(setup.machines());
    machines.back().is_clone = true;
}

World::World(const Plan& the_plan, bool tells) : World(the_plan, Bare{}) {
    tells_ = tells;
    checks = all_checks(*this);
    for (Machine& machine : machines) {
        if (!machine.is_clone) boot(machine);
    }
}

World::~World() = default;

void World::add_machine(std::size_t number) {
    Chance clocks(static_cast<std::uint64_t>(setup.seed) + number, "clock");
    const Clock clock{std::chrono::seconds(clocks.between(1'000, 1'000'000)),
                      clocks.between(-setup.clock_ppm, setup.clock_ppm)};
    MachinePlace place = place_of(number);
    const std::uint16_t port = place.port;
    machines.push_back({number, std::move(place.address), port, clock,
                        Disk(scheduler, setup, number), settings_of(setup)});
    machines.back().settings.announce = {"", port, machines.back().bus_port()};
}

void World::run_until(Time end) {
    while (!violation && scheduler.step(end)) {}
}

std::string World::stamped(const std::string& line) const {
    char text[32];
    std::snprintf(text, sizeof text, "%10.3f  ",
                  static_cast<double>(scheduler.now().count()) / 1e6);
    return text + line;
}

bool World::may_overlap() const {
    return memory_lost || scheduler.now() < overlap_allowed_until;
}

bool World::may_overlap(slots::Slot slot) const {
    const auto until = slot_may_overlap_until.find(slot.number);
    return may_overlap() ||
           (until != slot_may_overlap_until.end() && scheduler.now() < until->second);
}

// One primary alone is its own majority: it ends only when the two hear each other.
Time World::end_of_overlap() const {
    const std::chrono::milliseconds timeout(setup.node_timeout_ms);
    if (setup.primaries == 1) return Time::max();
    return scheduler.now() + std::max<Time>(3 * timeout, 20s);
}

void World::allow_overlap() {
    overlap_allowed_until = end_of_overlap();
}

void World::allow_overlap(slots::Slot slot) {
    slot_may_overlap_until[slot.number] = end_of_overlap();
}

bool World::data_may_be_lost() const {
    return memory_lost || shards_changed || overlap_allowed_until >= Time{0};
}

// Nobody moves the data of a slot with it.
bool World::data_may_be_lost(slots::Slot slot) const {
    return data_may_be_lost() || slot_may_overlap_until.contains(slot.number);
}

void World::violated(std::string_view invariant, std::string what) {
    if (violation) return;
    tell([&] { return "VIOLATED " + std::string(invariant) + ": " + what; });
    violation = Violation{std::string(invariant), std::move(what), scheduler.now()};
}

Machine* World::find(const NodeId& id) {
    const auto found = std::find_if(machines.begin(), machines.end(),
                                    [&](const Machine& machine) { return machine.id == id; });
    return found == machines.end() ? nullptr : &*found;
}

std::string World::name(const NodeId& id) const {
    for (const Machine& machine : machines) {
        if (machine.id == id) return name(machine);
    }
    return id.none() ? "nobody" : std::string(id.text().substr(0, 8));
}

void World::boot(Machine& machine) {
    GRAPEVINE_CHECK(!machine.alive(), "a machine runs one process");
    const Written* saved = machine.disk.durable();
    gossip::State state = gossip::State::fresh(chance.next());
    if (saved != nullptr) {
        auto parsed = gossip::parse_state(saved->text);
        GRAPEVINE_CHECK(parsed, "what was saved can be read");
        state = *std::move(parsed);
    }
    ++machine.life;
    machine.id = state.self;
    machine.core = std::make_unique<Gossip>(machine.settings, state, saved != nullptr,
                                            chance.next(), machine.clock.at(scheduler.now()));
    machine.map = machine.core->topology();
    machine.writes_held = machine.paused = false;
    data.started(machine);
    network.listen(machine.number, machine.life, machine.address, machine.bus_port());
    tell([&] { return name(machine) + " starts"; });
    for (const auto& check : checks) check->started(machine);
    tick(machine, machine.life);
}

void World::kill(Machine& machine, bool with_host) {
    if (!machine.alive()) return;
    tell([&] { return name(machine) + (with_host ? " loses power" : " dies"); });
    data.died(machine);
    machine.core.reset();
    machine.inbox.clear();
    machine.promised.clear();
    machine.paused = false;
    machine.disk.crash();
    for (const auto& check : checks) check->died(machine);
    with_host ? network.host_died(machine.number) : network.process_died(machine.number);
}

void World::pause(Machine& machine) {
    if (!machine.awake()) return;
    machine.paused = true;
    for (const auto& check : checks) check->woken(machine);
    tell([&] { return name(machine) + " is stopped"; });
}

void World::resume(Machine& machine) {
    if (!machine.paused) return;
    machine.paused = false;
    tell([&] { return name(machine) + " goes on"; });
    mark(Mark::resumed);
    tell_facts(machine);  // Before it answers anybody, it looks at the clock.
    for (const auto& check : checks) check->woken(machine);
    // An event loop looks at its timers before it reads what has come.
    turn({Turn::Kind::tick, machine},
         [](Gossip& core, gossip::Instant now) { return core.tick(now); });
    while (!machine.inbox.empty() && machine.awake()) {
        const Task next = std::move(machine.inbox.front());
        machine.inbox.pop_front();
        next();
    }
}

void World::tick(Machine& machine, unsigned life) {
    if (machine.life != life || !machine.alive()) return;
    if (!machine.paused) {
        tell_acknowledgements(machine);
        data.tick(machine);
        tell_facts(machine);
        turn({Turn::Kind::tick, machine},
             [](Gossip& core, gossip::Instant now) { return core.tick(now); });
    }
    const Time period = machine.clock.until(machine.settings.timing.tick);
    scheduler.after(period + Time{chance.between(0, 1'000)},
                    [this, &machine, life] { tick(machine, life); });
}

template <typename Work>
void World::turn(const Turn& turn, Work work) {
    Machine& machine = turn.machine;
    for (const auto& check : checks) check->before(turn);
    mix(static_cast<std::uint64_t>(scheduler.now().count()) ^ (machine.number << 56) ^
        (static_cast<std::uint64_t>(turn.kind) << 52));
    Effects effects = work(*machine.core, machine.clock.at(scheduler.now()));
    machine.id = machine.core->self();
    carry_out(machine, std::move(effects));
    for (const auto& check : checks) check->after(turn);
}

// What its kernel knows of its links, asked before every tick.
void World::tell_acknowledgements(Machine& machine) {
    if (setup.host_evidence == 0) return;
    for (const auto& [link, event] : network.acknowledgements(machine.number)) {
        link_changed(machine.number, link, event);
    }
}

void World::tell_facts(Machine& machine) {
    turn({Turn::Kind::facts, machine}, [&](Gossip& core, gossip::Instant now) {
        return core.replication(data.facts(machine), now);
    });
}

void World::obey(Machine& machine, const gossip::Order& order, Answer answer) {
    if (!machine.awake()) return;
    Promised promised{0, Error{}, {}};
    turn({Turn::Kind::order, machine, nullptr, {}, &order}, [&](Gossip& core, gossip::Instant now) {
        auto obeyed = core.obey(order, now);
        promised.generation = obeyed.promises;
        promised.reply = std::move(obeyed.reply);
        return std::move(obeyed.effects);
    });
    const gossip::Generation decided = machine.belief().issued;
    promised.answer = [this, &machine, order, decided, answer = std::move(answer)](auto& reply) {
        for (const auto& check : checks) check->answered(machine, order, reply, decided);
        if (answer) answer(reply);
    };
    if (promised.generation == 0) return promised.answer(promised.reply);
    machine.promised.push_back(std::move(promised));
}

void World::keep_promises(Machine& machine, gossip::Generation until, bool saved) {
    while (!machine.promised.empty() && machine.promised.front().generation <= until) {
        const Promised promised = std::move(machine.promised.front());
        machine.promised.pop_front();
        promised.answer(saved ? promised.reply : Error{"ERR it cannot be saved"});
    }
}

void World::carry_out(Machine& machine, Effects effects) {
    if (effects.save) save(machine, *effects.save);
    for (const LinkId link : effects.close) network.close(machine.number, link);
    for (const auto& wanted : effects.connect) network.connect(machine.number, wanted);
    for (auto& message : effects.send) send(machine, message);
    for (const auto& one : effects.announce) announce(machine, one);
}

void World::save(Machine& machine, const gossip::Save& save) {
    Written state{save.generation, save.text, promise_of(machine.belief())};
    const auto done = [this, &machine, life = machine.life](gossip::Generation generation) {
        enter(machine.number, life, [this, &machine, generation] {
            turn({Turn::Kind::saved, machine}, [generation](Gossip& core, gossip::Instant now) {
                return core.saved(generation, now);
            });
            keep_promises(machine, generation, true);
        });
    };
    const auto failed = [this, &machine, life = machine.life](gossip::Generation generation) {
        enter(machine.number, life,
              [this, &machine, generation] { keep_promises(machine, generation, false); });
    };
    machine.disk.save(std::move(state), done, failed);
}

void World::send(Machine& machine, gossip::Send& message) {
    if (static_cast<std::int64_t>(machine.number) < setup.redis_like) {
        make_redis_like(message.message);
    }
    const auto link = machine.belief().links.find(message.link);
    const NodeId to = link == machine.belief().links.end() ? NodeId{} : link->second.peer;
    for (const auto& check : checks) check->sent(machine, message, to);
    mix(message.message.body.index() + message.message.header.current_epoch * 16);
    network.send(machine.number, message.link, std::move(message.message));
}

void World::announce(Machine& machine, const gossip::Announcement& announcement) {
    if (const auto* it = std::get_if<gossip::TopologyChanged>(&announcement)) {
        machine.map = it->topology;
    } else if (const auto* event = std::get_if<gossip::Event>(&announcement)) {
        note(machine, *event);
    } else if (std::holds_alternative<gossip::WritesPaused>(announcement) ||
               std::holds_alternative<gossip::WritesResumed>(announcement)) {
        machine.writes_held = std::holds_alternative<gossip::WritesPaused>(announcement);
        scheduler.after(1ms, [this, &machine, life = machine.life] {
            if (machine.life == life && machine.awake()) tell_facts(machine);
        });
    }
    data.heard(machine, announcement);
    for (const auto& check : checks) check->announced(machine, announcement);
}

void World::note(const Machine& machine, const gossip::Event& event) {
    mix(static_cast<std::uint64_t>(event.kind) + event.epoch * 32);
    tell([&] {
        std::string line = name(machine) + ": " + std::string(gossip::name_of(event.kind));
        if (!event.about.none()) line += ' ' + name(event.about);
        if (event.epoch != 0) line += " epoch " + std::to_string(event.epoch);
        if (!event.detail.empty()) line += " (" + event.detail + ')';
        return line;
    });
}

void World::enter(std::size_t number, unsigned life, Task task) {
    Machine& machine = machines[number];
    if (machine.life != life || !machine.alive()) return;
    if (machine.paused) return machine.inbox.push_back(std::move(task));
    task();
}

LinkId World::link_accepted(std::size_t number, std::size_t from) {
    Machine& machine = machines[number];
    const std::string remote =
        from < machines.size() ? machines[from].address : place_of(from).address;
    return machine.core->accepted(remote, machine.address, machine.clock.at(scheduler.now()));
}

void World::link_changed(std::size_t number, LinkId link, LinkEvent event) {
    turn({Turn::Kind::link, machines[number]},
         [&](Gossip& core, gossip::Instant now) { return core.link_event(link, event, now); });
}

void World::message_arrived(std::size_t number, LinkId link, const Message& message) {
    turn({Turn::Kind::message, machines[number], &message, link},
         [&](Gossip& core, gossip::Instant now) { return core.receive(link, message, now); });
}

}  // namespace grapevine::sim
