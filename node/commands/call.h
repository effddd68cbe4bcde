// One command about keys, as its handler sees it: arguments in, keys, a reply out.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "client/resp/writer.h"
#include "node/commands/command.h"
#include "node/journal/effects.h"
#include "node/store/keyspace.h"

namespace grapevine::node::commands {

struct Call {
    const Command& command;
    std::span<const std::string_view> args;  // args[0] is the command's name.
    store::Keyspace& store;  // The client's database, on the worker that owns the slot.
    std::span<store::Keyspace* const>
        databases;  // All of this worker's, for COPY ... DB; by number.
    int database = 0;
    client::resp::Writer& reply;
    journal::Effects& effects;
    const store::Key* first_key = nullptr;  // Computed by the dispatcher, when there is one.
    std::uint64_t random = 0;               // Fresh for each call.

    // The key at args[index]; the first one was hashed while the request was routed.
    store::Key key(std::size_t index) const {
        if (first_key != nullptr && args[index].data() == first_key->text.data()) return *first_key;
        return store::make_key(args[index]);
    }
    store::Millis now() const { return store.now(); }
    // Records the command as it was asked: for commands whose effect is their own text.
    void record_as_asked() {
        if (effects.listening()) effects.record(database, args);
    }
};

}  // namespace grapevine::node::commands
