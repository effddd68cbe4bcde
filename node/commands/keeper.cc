#include "node/commands/keeper.h"

#include "node/commands/call.h"

namespace grapevine::node::commands {
namespace {

constexpr std::size_t looked_at_per_round = 200;  // Keys; a round takes some 20 microseconds.
constexpr std::size_t freed_per_round = 2000;     // Keys that were cleared; below a millisecond.

}  // namespace

Keeper::Keeper(unsigned index, unsigned count, int databases, std::uint64_t seed)
    : index_(index), count_(count), databases_(databases), random_state_(seed) {
    databases_.set_listener(this);
}

std::optional<Error> Keeper::run(const Command& command, std::span<const std::string_view> args,
                                 int database, client::resp::Writer& reply,
                                 const store::Key* first_key) {
    const auto begin = reply.mark();
    auto& keyspace = databases_[database];
    Call call{command, args,     keyspace,  databases_.all(), database,
              reply,   effects_, first_key, random()};
    const auto lookups = keyspace.lookups();
    const Result<void> done = out_of_memory(command)
                                  ? Error{"OOM command not allowed when used memory > 'maxmemory'."}
                                  : command.run(call);
    if ((command.flags & (reads | answers_value)) != 0) count_lookups(lookups, keyspace.lookups());
    if (done) return {};
    reply.rewind(begin);
    reply.error(done.error());
    return done.error();
}

void Keeper::count_lookups(const store::Lookups& before, const store::Lookups& after) {
    counts_.hits += after.hits - before.hits;
    counts_.misses += after.misses - before.misses;
}

bool Keeper::out_of_memory(const Command& command) const {
    if (replica_)
        return false;  // Its primary decides: a replica that refuses would be another data set.
    return memory_limit_ != 0 && (command.flags & deny_oom) != 0 &&
           databases_.bytes() > memory_limit_;
}

void Keeper::tidy() {
    if (!replica_ && expires_actively_) databases_.expire_some(looked_at_per_round);
    databases_.free_some(freed_per_round);
}

void Keeper::drop(const slots::SlotSet& slots) {
    slots.for_each([this](slots::Slot slot) {
        if (!keeps(slot)) return;
        auto& keyspace = databases_[0];  // Only a cluster loses slots, and it has one database.
        keyspace.for_each_held(slot,
                               [this](std::string_view key) { effects_.record(0, {"DEL", key}); });
        keyspace.clear(slot);
    });
}

void Keeper::set_replica(bool replica) {
    replica_ = replica;
    databases_.set_keeps_expired(replica);
}

void Keeper::expired(int database, std::string_view key) {
    ++counts_.expired_keys;
    effects_.record(database, {"DEL", key});
}

// SplitMix64: one addition and a scramble.
std::uint64_t Keeper::random() {
    random_state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = random_state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace grapevine::node::commands
