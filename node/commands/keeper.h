// The keys of one worker, on that worker's thread, and what may be done with them: by clients, by a
// primary's stream, by a file that is loaded.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "client/resp/writer.h"
#include "node/commands/command.h"
#include "node/journal/effects.h"
#include "node/store/databases.h"

namespace grapevine::node::commands {

class Keeper {
public:
    // Worker `index` of `count` keeps the slots whose number modulo `count` is `index`.
    Keeper(unsigned index, unsigned count, int databases);

    unsigned index() const { return index_; }
    bool keeps(slots::Slot slot) const { return slot.number % count_ == index_; }
    store::Databases& databases() { return databases_; }
    journal::Effects& effects() { return effects_; }

    // Runs one command about keys that this worker keeps; exactly one reply is written, an error
    // too. `first_key` saves a second look at the key that the request was routed by.
    void run(const Command& command, std::span<const std::string_view> args, int database,
             client::resp::Writer& reply, const store::Key* first_key = nullptr);

    // What this node is, as far as commands ask. Set on the worker's thread.
    void set_replica(bool replica);  // A replica deletes no expired key by itself.
    void set_memory_limit(std::uint64_t bytes) {
        memory_limit_ = bytes;
    }  // This worker's share; 0: none.

private:
    bool out_of_memory(const Command& command) const;

    unsigned index_;
    unsigned count_;
    store::Databases databases_;
    journal::Effects effects_;
    std::uint64_t memory_limit_ = 0;
    std::uint64_t random_state_;
};

}  // namespace grapevine::node::commands
