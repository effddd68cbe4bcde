// The keys of one worker, on that worker's thread, and what may be done with them: by clients, by a
// primary's stream, by a file that is loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "client/resp/writer.h"
#include "node/commands/command.h"
#include "node/journal/effects.h"
#include "node/store/databases.h"

namespace grapevine::node::commands {

class Keeper : private store::Listener {
public:
    // Worker `index` of `count` keeps the slots whose number modulo `count` is `index`.
    Keeper(unsigned index, unsigned count, int databases, std::uint64_t seed);
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    unsigned index() const { return index_; }
    bool keeps(slots::Slot slot) const { return slot.number % count_ == index_; }
    store::Databases& databases() { return databases_; }
    journal::Effects& effects() { return effects_; }

    // Runs one command about keys that this worker keeps; exactly one reply is written. An error is
    // answered, too: it was written already. `first_key` saves a second look at the key that the
    // request was routed by.
    std::optional<Error> run(const Command& command, std::span<const std::string_view> args,
                             int database, client::resp::Writer& reply,
                             const store::Key* first_key = nullptr);

    // What is done again and again: deletes some expired keys (a replica deletes none by itself),
    // frees some of what was cleared.
    void tidy();
    // False: expired keys are deleted only when somebody asks for them.
    void set_active_expiry(bool active) { expires_actively_ = active; }
    // Deletes all keys of these slots, as far as this worker keeps them; each is an effect.
    void drop(const slots::SlotSet& slots);
    void charge(int database, slots::Slot slot, std::uint64_t ticks) {
        databases_[database].charge(slot, ticks);
    }
    std::uint64_t random();  // Not for secrets.

    bool replica() const { return replica_; }
    void set_replica(bool replica);
    void set_memory_limit(std::uint64_t bytes) {
        memory_limit_ = bytes;
    }  // This worker's share; 0: none.
    // Since the start, or since they were last forgotten (CONFIG RESETSTAT).
    struct Counts {
        std::uint64_t expired_keys = 0;
        std::uint64_t hits = 0;    // Keys that readers looked for and found;
        std::uint64_t misses = 0;  // or did not find.
    };
    const Counts& counts() const { return counts_; }
    void forget_counts() { counts_ = {}; }

private:
    void expired(int database, std::string_view key) override;
    bool out_of_memory(const Command& command) const;
    void count_lookups(const store::Lookups& before, const store::Lookups& after);

    unsigned index_;
    unsigned count_;
    store::Databases databases_;
    journal::Effects effects_;
    bool replica_ = false;
    bool expires_actively_ = true;
    std::uint64_t memory_limit_ = 0;
    std::uint64_t random_state_;
    Counts counts_;
};

}  // namespace grapevine::node::commands
