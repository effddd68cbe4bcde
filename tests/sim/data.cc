#include "tests/sim/data.h"

#include <algorithm>

#include "gossip/mutant.h"
#include "tests/sim/world.h"

namespace grapevine::sim {
namespace {

constexpr Time patience = 3s;  // For an answer.

std::uint64_t sum_after(const std::vector<Entry>& log, std::uint16_t slot, std::uint64_t value) {
    const std::uint64_t before = log.empty() ? 0 : log.back().sum;
    return gossip::Random(before ^ (value << 16) ^ slot).next();
}

// They have a beginning in common.
bool is_related(const std::vector<Entry>& log, const std::vector<Entry>& other) {
    return !log.empty() && !other.empty() && log.front().sum == other.front().sum;
}

enum class Refusal : std::uint8_t { none, until_written, for_good };

// See node/replication/past.h.
Refusal refusal_of(const Store& replica, const Store& primary) {
    const std::size_t end = primary.log.size();
    if (replica.ordered) return Refusal::none;
    const bool related = is_related(replica.log, primary.log);
    const bool goes_on =
        end > primary.had_saved.value_or(0) || !is_beginning_of(primary.log, replica.log);
    if (related && goes_on) return Refusal::none;
    const std::size_t confirmed = replica.of_shard ? replica.had_confirmed : 0;
    if (!related && end < confirmed) return Refusal::for_good;
    const bool has_nothing = end == 0 && primary.had_saved == end;
    const bool counts = related || (has_nothing && replica.saved_of_shard &&
                                    !GRAPEVINE_MUTANT(saved_data_forgotten));
    const std::size_t saved = counts ? replica.had_saved.value_or(0) : 0;
    return end < std::max(confirmed, saved) ? Refusal::until_written : Refusal::none;
}

std::size_t best_confirmed(const Store& store) {
    std::size_t best = 0;
    for (const auto& [id, size] : store.confirmed) best = std::max(best, size);
    return best;
}

// All but the last few entries, mostly.
std::vector<Entry> some_beginning(const std::vector<Entry>& log, Chance& chance) {
    const auto size = static_cast<std::int64_t>(log.size());
    const std::int64_t least = chance.happens(700) ? std::max<std::int64_t>(size - 5, 0) : 0;
    return {log.begin(), log.begin() + chance.between(least, size)};
}

// Of what is here.
slots::ShardId shard_of(const Machine& machine) {
    const Store& store = machine.store;
    const bool own = machine.alive() && (store.primary.host.empty() || store.synced);
    return own ? machine.belief().self().shard : store.shard;
}

Machine* machine_at(World& world, const slots::Endpoint& endpoint) {
    for (Machine& machine : world.machines) {
        if (machine.address == endpoint.host && machine.port == endpoint.port) return &machine;
    }
    return nullptr;
}

}  // namespace

bool is_beginning_of(const std::vector<Entry>& log, const std::vector<Entry>& longer) {
    if (log.empty()) return true;
    return log.size() <= longer.size() && longer[log.size() - 1].sum == log.back().sum;
}

void Data::started(Machine& machine) {
    Store& store = machine.store;
    store.primary = {};
    store.synced = store.link_up = store.waits = false;
    store.confirmed.clear();
    const slots::ShardId own = machine.belief().self().shard;
    const bool foreign = !store.shard.none() && store.shard != own;
    if (foreign && !GRAPEVINE_MUTANT(foreign_dump_counts)) store.log.clear();
    store.had_confirmed = 0;
    store.had_saved = store.log.size();
    ++store.session;
}

void Data::died(Machine& machine) {
    const slots::ShardId shard = shard_of(machine);
    if (world_.setup.persists != 0) {
        machine.store.shard = shard;
        return;
    }
    Store dump;
    if (const Machine* source = copied(machine)) {
        dump.log = some_beginning(source->store.log, world_.chance);
        dump.shard = shard_of(*source);
    }
    machine.store = std::move(dump);
}

// Whose keys a dead one will find on its disk; null: nobody's.
const Machine* Data::copied(const Machine& dead) {
    if (world_.setup.dumps == 0) return nullptr;
    if (world_.setup.clones == 0) return &dead;
    if (world_.chance.happens(200)) return nullptr;
    return world_.chance.happens(250) ? &world_.machine(world_.chance.between(0, 1'000)) : &dead;
}

void Data::heard(Machine& machine, const gossip::Announcement& announcement) {
    if (const auto* target = std::get_if<gossip::Follow>(&announcement)) {
        follow(machine, *target);
    } else if (std::holds_alternative<gossip::Promoted>(announcement)) {
        machine.store.primary = {};
        machine.store.had_confirmed = machine.store.log.size();
        machine.store.synced = false;
        machine.store.confirmed.clear();
        ++machine.store.session;
    } else if (std::holds_alternative<gossip::FollowNobody>(announcement)) {
        machine.store = {};
    } else if (std::holds_alternative<gossip::KeepData>(announcement)) {
        machine.store.keeps = true;
    }
}

void Data::follow(Machine& machine, const gossip::Follow& target) {
    Store& store = machine.store;
    const bool same = store.primary_id == target.primary && store.synced;
    if (store.primary.host.empty()) {
        store.had_confirmed = std::max(store.had_confirmed, best_confirmed(store));
    }
    if (store.synced) store.had_confirmed = store.log.size();
    store.shard = shard_of(machine);
    store.saved_of_shard = !store.shard.none() && store.shard == target.shard;
    store.of_shard = target.of_shard;
    store.ordered = target.ordered;
    store.primary_id = target.primary;
    store.primary = target.endpoint;
    store.follow = target.number;
    store.synced = same;
    store.link_up = store.waits = store.keeps = store.has_less = false;
    store.heard_at = world_.scheduler.now();
    ++store.session;
}

gossip::Replication Data::facts(const Machine& machine) const {
    const Store& store = machine.store;
    const bool replica = !store.primary.host.empty();
    const Time age = replica ? world_.scheduler.now() - store.heard_at : Time{0};
    const bool nothing = replica && !store.synced && store.log.empty();
    const std::uint64_t offset = nothing ? 0 : 1 + store.log.size() * 10;
    return {.offset = offset,
            .writes_held = machine.writes_held,
            .follow = store.follow,
            .link_up = store.link_up,
            .in_step = store.synced,
            .data_age = std::chrono::ceil<gossip::Duration>(age),
            .primary_has_less = store.refuses()};
}

void Data::tick(Machine& machine) {
    Store& store = machine.store;
    if (store.primary.host.empty()) return;
    const Time now = world_.scheduler.now();
    if (now - store.heard_at > 1s) store.link_up = false;
    if (store.waits && now - store.asked_at < patience) return;
    Machine* primary = machine_at(world_, store.primary);
    if (primary != nullptr && primary != &machine) ask(machine, *primary);
}

void Data::ask(Machine& replica, Machine& primary) {
    Store& store = replica.store;
    store.waits = true;
    store.asked_at = world_.scheduler.now();
    const Time delay = world_.network.delay(replica.number, primary.number);
    world_.scheduler.after(
        delay, [this, &replica, &primary, life = replica.life, session = ++store.session] {
            if (!primary.alive() || world_.network.is_cut(replica.number, primary.number)) return;
            world_.when_awake(primary, [this, &replica, &primary, life, session] {
                answer(replica, primary, life, session);
            });
        });
}

// A primary that has come back with less than its replica has, or than it had when it took over:
// see node/replication/upstream.h.
bool Data::refuses(Store& replica, const Store& primary) {
    if (gossip::planted == gossip::Mutant::less_replaces_more) return false;
    const bool less = replica.synced && primary.log.size() < replica.log.size();
    const Refusal refusal = refusal_of(replica, primary);
    replica.keeps = replica.keeps || (less && !replica.ordered) || refusal == Refusal::for_good;
    const bool refused = replica.has_less;
    replica.has_less = refusal == Refusal::until_written;
    if (replica.has_less && !refused && !replica.synced) replica.heard_at = world_.scheduler.now();
    return replica.refuses();
}

// Only a primary, or a replica that has what its primary has, gives anything.
void Data::answer(Machine& replica, Machine& primary, unsigned life, std::uint64_t session) {
    const Store& source = primary.store;
    if (!source.primary.host.empty() && !source.synced) return;
    const bool partial = is_beginning_of(replica.store.log, source.log);
    if (!partial && refuses(replica.store, source)) return;
    const std::size_t from = partial ? replica.store.log.size() : 0;
    std::vector<Entry> entries(source.log.begin() + static_cast<std::ptrdiff_t>(from),
                               source.log.end());
    const Time takes = partial ? Time{0} : Time{world_.chance.between(10'000, 500'000)};
    const Time delay = takes + world_.network.delay(primary.number, replica.number);
    const unsigned given_in = primary.life;
    world_.scheduler.after(delay, [=, this, &replica, &primary, entries = std::move(entries)] {
        if (replica.life != life || replica.store.session != session) return;
        if (world_.network.is_cut(primary.number, replica.number)) return;
        world_.when_awake(replica, [=, this, &replica, &primary] {
            if (replica.store.session != session) return;
            apply(replica, entries, from);
            if (primary.life == given_in && !replica.is_clone) confirm(replica, primary);
        });
    });
}

void Data::apply(Machine& replica, std::vector<Entry> entries, std::size_t from) {
    Store& store = replica.store;
    if (from < store.log.size() && store.refuses()) return;
    if (from == 0 && !replica.is_clone) {
        for (const auto& check : world_.checks) check->replaces(replica, entries);
    }
    if (from < store.log.size() && entries.size() < store.log.size()) {
        world_.mark(Mark::shorter_log_replaces);
    }
    store.log.resize(from);
    store.log.insert(store.log.end(), entries.begin(), entries.end());
    store.synced = store.link_up = true;
    store.had_confirmed = 0;
    store.had_saved.reset();
    store.ordered = store.has_less = false;
    store.waits = false;
    store.heard_at = world_.scheduler.now();
}

void Data::confirm(const Machine& replica, Machine& primary) {
    const Time delay = world_.network.delay(replica.number, primary.number);
    world_.scheduler.after(
        delay, [this, id = replica.id, size = replica.store.log.size(), from = replica.number,
                &primary, life = primary.life, session = primary.store.session] {
            const bool gone = primary.life != life || primary.store.session != session;
            if (gone || world_.network.is_cut(from, primary.number)) return;
            primary.store.confirmed[id] = size;
        });
}

void Data::append(Machine& machine, std::uint16_t slot, std::uint64_t value) {
    std::vector<Entry>& log = machine.store.log;
    log.push_back({slot, value, sum_after(log, slot, value)});
}

std::size_t Data::confirmed(const Machine& machine, std::size_t index) const {
    std::size_t count = 0;
    for (const auto& [id, size] : machine.store.confirmed) count += size > index ? 1 : 0;
    return count;
}

}  // namespace grapevine::sim
