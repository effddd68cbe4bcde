// A part of a transaction: what runs in one step on one worker, with nothing of others in between.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/commands/keeper.h"
#include "node/session/crossing.h"
#include "node/session/transaction.h"

namespace grapevine::node::session {

class Dispatcher;
class Session;

struct Unit {
    std::vector<QueuedCommand> commands;
    std::vector<WatchedKey> watched;  // To be unchanged; forgotten in any case.
    Asker asker;
    std::optional<slots::Slot> slot;      // Of the transaction's keys, if it has any.
    bool writes = false;                  // It does, or what is run after it.
    std::vector<std::string> later_keys;  // Of that: it is to be run, too, or nothing is.
};

// On the worker that keeps the keys. The replies one after the other. An error when this node does
// not serve all of it, nothing when a watched key has changed: then nothing was run.
Result<std::optional<std::string>> run_unit(Dispatcher& dispatcher, const Unit& unit);

// Fills in the versions that the keys have now, and starts to watch them.
void take_versions(commands::Keeper& keeper, std::vector<WatchedKey>& keys);

// The worker that keeps them forgets that somebody watches them.
void forget_on(Dispatcher& home, std::vector<WatchedKey> keys);
// Forgets what a client watches, on whichever worker.
void discard_watches(Dispatcher& dispatcher, Session& session);
// Forgets its queue, too.
void discard_transaction(Dispatcher& dispatcher, Session& session);

}  // namespace grapevine::node::session
