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
};

// On the worker that keeps the keys. The replies one after the other; nothing when a watched key
// has changed: then nothing was run.
std::optional<std::string> run_unit(Dispatcher& dispatcher, const Unit& unit);

// Fills in the versions that the keys have now, and starts to watch them.
void take_versions(commands::Keeper& keeper, std::vector<WatchedKey>& keys);

// Forgets what a client watches, on whichever worker.
void discard_watches(Dispatcher& dispatcher, Session& session);
// Forgets its queue, too.
void discard_transaction(Dispatcher& dispatcher, Session& session);

}  // namespace grapevine::node::session
