// MULTI to EXEC: queued requests run as one on the worker that keeps their slot.
#include <array>

#include "node/session/dispatcher.h"
#include "node/session/families.h"
#include "node/session/unit.h"
#include "slots/redirect.h"

namespace grapevine::node::session {
namespace {

using commands::Command;

std::size_t worker_of(slots::Slot slot, std::size_t workers) {
    return slot.number % workers;
}

Result<void> multi(Talk& talk) {
    if (talk.session.in_transaction()) return Error{"ERR MULTI calls can not be nested"};
    talk.session.transaction().open = true;
    talk.reply.ok();
    return {};
}

Result<void> discard(Talk& talk) {
    if (!talk.session.in_transaction()) return Error{"ERR DISCARD without MULTI"};
    discard_transaction(talk.dispatcher, talk.session);
    talk.reply.ok();
    return {};
}

Result<void> exec(Talk& talk) {
    if (!talk.session.in_transaction()) return Error{"ERR EXEC without MULTI"};
    if (talk.session.transaction().spoiled) {
        discard_transaction(talk.dispatcher, talk.session);
        return Error{"EXECABORT Transaction discarded because of previous errors."};
    }
    talk.dispatcher.start_transaction(talk.session);
    return {};
}

Result<void> unwatch(Talk& talk) {
    discard_watches(talk.dispatcher, talk.session);
    talk.reply.ok();
    return {};
}

// The watches of a client are of one worker, so that EXEC can look at them and run in one step.
Result<void> watch(Talk& talk) {
    if (talk.session.in_transaction()) return Error{"ERR WATCH inside MULTI is not allowed"};
    auto& dispatcher = talk.dispatcher;
    const auto workers = dispatcher.peers().size();
    const auto& watched = talk.session.transaction().watched;
    const auto home =
        worker_of(watched.empty() ? slots::slot_of(talk.args[1]) : watched.front().slot, workers);
    std::vector<WatchedKey> keys;
    for (const auto key : talk.args.subspan(1)) {
        const auto slot = slots::slot_of(key);
        if (worker_of(slot, workers) != home) return slots::cross_slot_error();
        keys.push_back({talk.session.manners.database, std::string(key), slot, 0});
    }
    if (home == dispatcher.keeper().index()) {
        take_versions(dispatcher.keeper(), keys);
        talk.session.add_watches(std::move(keys));
        talk.reply.ok();
        return {};
    }
    auto* peer = dispatcher.peers()[home];
    const auto answer = talk.later();
    peer->loop().post([peer, &dispatcher, answer, id = talk.session.id(),
                       keys = std::move(keys)]() mutable {
        take_versions(peer->keeper(), keys);
        dispatcher.loop().post([peer, &dispatcher, answer, id, keys = std::move(keys)]() mutable {
            auto* session = dispatcher.find(id);
            if (session == nullptr) return forget_on(*peer, std::move(keys));
            session->add_watches(std::move(keys));
            answer.give("+OK\r\n");
        });
    });
    return {};
}

using namespace commands;
constexpr std::uint32_t common = no_script | loading_ok | stale_ok | fast | shapes_transaction;

constinit const std::array rows{
    Command{.name = "MULTI",
            .converse = multi,
            .arity = 1,
            .flags = common,
            .group = "transactions",
            .since = "1.2.0",
            .complexity = "O(1)",
            .summary = "Starts to queue requests, to be run as one."},
    Command{.name = "EXEC",
            .converse = exec,
            .arity = 1,
            .flags = no_script | loading_ok | stale_ok | skip_slowlog | shapes_transaction |
                     runs_transaction | in_turn,
            .group = "transactions",
            .since = "1.2.0",
            .complexity = "Depends on commands in the transaction",
            .summary = "Runs what was queued, unless a watched key has changed."},
    Command{.name = "DISCARD",
            .converse = discard,
            .arity = 1,
            .flags = common,
            .group = "transactions",
            .since = "2.0.0",
            .complexity = "O(N), when N is the number of queued commands",
            .summary = "Forgets what was queued."},
    Command{.name = "WATCH",
            .converse = watch,
            .arity = -2,
            .keys = all_arguments,
            .flags = common | in_turn,
            .group = "transactions",
            .since = "2.2.0",
            .complexity = "O(1) for every key.",
            .summary = "Makes the next EXEC depend on these keys staying as they are."},
    Command{.name = "UNWATCH",
            .converse = unwatch,
            .arity = 1,
            .flags = no_script | loading_ok | stale_ok | fast,
            .group = "transactions",
            .since = "2.2.0",
            .complexity = "O(1)",
            .summary = "Forgets the watched keys."},
};

}  // namespace

std::span<const Command> transaction_commands() {
    return rows;
}

}  // namespace grapevine::node::session
