#include "node/session/unit.h"

#include <algorithm>

#include "node/session/dispatcher.h"

namespace grapevine::node::session {
namespace {

store::Keyspace& keyspace_of(commands::Keeper& keeper, const WatchedKey& watched) {
    return keeper.databases()[watched.database];
}

bool unchanged(commands::Keeper& keeper, const WatchedKey& watched) {
    return !keyspace_of(keeper, watched)
                .changed_since(store::make_key(watched.key), watched.version);
}

void forget(commands::Keeper& keeper, const std::vector<WatchedKey>& keys) {
    for (const auto& watched : keys)
        keyspace_of(keeper, watched).unwatch(store::make_key(watched.key));
}

store::Key first_key(const commands::Command& command, std::span<const std::string_view> args) {
    const auto first = static_cast<std::size_t>(command.keys.first);
    if (first == 0 || first >= args.size()) return {};
    return store::make_key(args[first]);
}

}  // namespace

Result<std::optional<std::string>> run_unit(Dispatcher& dispatcher, const Unit& unit) {
    auto& keeper = dispatcher.keeper();
    if (auto error = dispatcher.why_elsewhere(unit)) {
        forget(keeper, unit.watched);
        return *error;
    }
    const bool valid =
        std::all_of(unit.watched.begin(), unit.watched.end(),
                    [&](const WatchedKey& watched) { return unchanged(keeper, watched); });
    forget(keeper, unit.watched);
    if (!valid) return std::optional<std::string>{};
    std::string replies;
    client::resp::Writer reply(replies, unit.asker.version);
    keeper.effects().begin();
    for (const auto& queued : unit.commands) {
        const auto args = queued.views();
        const auto& command = *queued.entry->command;
        if (command.flags & commands::every_worker) {
            dispatcher.serve_part(*queued.entry, args, unit.asker, reply);
        } else {
            dispatcher.serve_here(*queued.entry, args, first_key(command, args), unit.asker, reply);
        }
    }
    keeper.effects().commit();
    return std::optional(std::move(replies));
}

void take_versions(commands::Keeper& keeper, std::vector<WatchedKey>& keys) {
    for (auto& watched : keys)
        watched.version = keyspace_of(keeper, watched).watch(store::make_key(watched.key));
}

void discard_watches(Dispatcher& dispatcher, Session& session) {
    if (session.transaction_if_any() == nullptr) return;
    auto watched = std::exchange(session.transaction().watched, {});
    if (watched.empty()) return;
    auto* home = dispatcher.peers()[watched.front().slot.number % dispatcher.peers().size()];
    if (home == &dispatcher) return forget(dispatcher.keeper(), watched);
    forget_on(*home, std::move(watched));
}

void forget_on(Dispatcher& home, std::vector<WatchedKey> keys) {
    home.loop().post([&home, keys = std::move(keys)] { forget(home.keeper(), keys); });
}

void discard_transaction(Dispatcher& dispatcher, Session& session) {
    discard_watches(dispatcher, session);
    session.forget_transaction();
    session.manners.asking = false;
}

}  // namespace grapevine::node::session
