// What a client's request leads to: a refusal, a talk, or keys on some worker.
#include <algorithm>

#include "node/session/dispatcher.h"
#include "node/session/reply_to.h"
#include "node/session/unit.h"
#include "slots/redirect.h"

namespace grapevine::node::session {
namespace {

using commands::Command;

// A client that is so far ahead of its replies waits for them.
constexpr std::size_t most_missing_replies = 1024;

bool has(const Command& command, std::uint32_t flag) {
    return (command.flags & flag) != 0;
}

}  // namespace

bool shares_one_slot(const Command& command, std::span<const std::string_view> args,
                     slots::Slot slot) {
    const int last = command.keys.last_of(args.size());
    for (int at = command.keys.first + command.keys.step; at <= last; at += command.keys.step) {
        if (slots::slot_of(args[static_cast<std::size_t>(at)]) != slot) return false;
    }
    return true;
}

// In the order in which Redis looks: who asks, what state the node is in.
std::optional<Error> Dispatcher::refusal(const Session& session, const Entry& entry) const {
    const auto& command = *entry.command;
    if (!session.manners.authenticated && !has(command, commands::no_auth)) {
        return Error{"NOAUTH Authentication required."};
    }
    if (obstacles_.loading && !has(command, commands::loading_ok)) return obstacles_.loading;
    if (obstacles_.stale && !has(command, commands::stale_ok)) return obstacles_.stale;
    if (obstacles_.writes && has(command, commands::writes)) return obstacles_.writes;
    if (writes_everywhere(command) && topology_ && topology_->me().role == slots::Role::replica)
        return replica_error();
    return {};
}

std::optional<Error> Dispatcher::refusal_of_queue(const Session& session,
                                                  const Entry& entry) const {
    if (!session.in_transaction() || !has(*entry.command, commands::runs_transaction)) return {};
    for (const auto& queued : session.transaction_if_any()->queue) {
        if (const auto error = refusal(session, *queued.entry))
            return Error{"EXECABORT Transaction discarded because of: " + error->text};
    }
    return {};
}

// What counts for one request only counts again for one that is put off.
Dispatcher::Outcome Dispatcher::dispatch(Session& session, const Parsed& parsed) {
    auto& manners = session.manners;
    const bool silent_next = manners.silent_next;
    const bool asking = manners.asking;
    const Outcome outcome = try_once(session, parsed);
    if (outcome == Outcome::later) {
        manners.silent_next = silent_next;
        manners.asking = asking;
    }
    return outcome;
}

Dispatcher::Outcome Dispatcher::try_once(Session& session, const Parsed& parsed) {
    const std::span<const std::string_view> args{arguments_.data() + parsed.first_argument,
                                                 parsed.arguments};
    if (args.empty()) return Outcome::done;
    auto& manners = session.manners;
    manners.silent_now = manners.silent || std::exchange(manners.silent_next, false);
    if (parsed.entry == nullptr) {
        reply_error(session, table_.resolve(args).error());
        return Outcome::done;
    }
    const auto& entry = *parsed.entry;
    session.last_entry_ = entry.id;
    if (const auto error = refusal(session, entry)) {
        ++stats_.of(entry.id).rejected;
        reply_error(session, *error);
        return Outcome::done;
    }
    if (const auto error = refusal_of_queue(session, entry)) {
        ++stats_.of(entry.id).rejected;
        discard_transaction(*this, session);
        reply_error(session, *error);
        return Outcome::done;
    }
    if (session.in_transaction() && !has(*entry.command, commands::shapes_transaction)) {
        queue(session, parsed, args);
        return Outcome::done;
    }
    // Else it would overtake what is on its way to the same worker.
    if (has(*entry.command, commands::in_turn) && session.waiting()) return Outcome::later;
    if (must_hold(session, parsed)) {
        held_.push_back(session.id());
        return Outcome::later;
    }
    if (entry.command->run == nullptr) return talk(session, entry, args);
    if (has(*entry.command, commands::every_worker))
        return dispatch_everywhere(session, entry, args);
    return dispatch_keyed(session, parsed, args);
}

bool Dispatcher::must_hold(const Session& session, const Parsed& parsed) {
    if (!writes_held_ && !lease_over_) return false;
    const auto& command = *parsed.entry->command;
    if (has(command, commands::writes)) {
        const bool ours = writes_everywhere(command) || (parsed.keyed && owns(parsed.key.slot));
        return writes_held_ || (ours && waits_for_lease());
    }
    if (!session.in_transaction() || !has(command, commands::runs_transaction)) return false;
    const auto& transaction = *session.transaction_if_any();
    const bool everywhere = std::ranges::any_of(transaction.queue, [](const QueuedCommand& queued) {
        return writes_everywhere(*queued.entry->command);
    });
    const bool ours = everywhere || (transaction.slot && owns(*transaction.slot));
    return any_writes(transaction.queue) && (writes_held_ || (ours && waits_for_lease()));
}

bool Dispatcher::owns(slots::Slot slot) const {
    return topology_ && topology_->owner[slot.number] == topology_->self;
}

// A primary that may have been replaced lets writes wait until it knows, for the node timeout at
// most.
bool Dispatcher::waits_for_lease() {
    if (!lease_over_ || !topology_ || !topology_->serving) return false;
    const auto over_for_us = loop_.monotonic_us() - lease_.until_us();
    return std::chrono::microseconds(over_for_us) < settings_->cluster_node_timeout;
}

void Dispatcher::reply_error(Session& session, const Error& error) {
    if (session.in_transaction()) session.transaction().spoiled = true;
    stats_.count_error(error.code());
    reply_to(session, [&](client::resp::Writer& reply) { reply.error(error); });
}

void Dispatcher::queue(Session& session, const Parsed& parsed,
                       std::span<const std::string_view> args) {
    if (has(*parsed.entry->command, commands::no_multi)) {
        return reply_error(session, Error{"ERR Command not allowed inside a transaction"});
    }
    if (const auto error = misplaced(session, parsed, args)) return reply_error(session, *error);
    session.transaction().queue.push_back({parsed.entry, {args.begin(), args.end()}});
    reply_to(session, [](client::resp::Writer& reply) { reply.simple("QUEUED"); });
}

Dispatcher::Outcome Dispatcher::dispatch_keyed(Session& session, const Parsed& parsed,
                                               std::span<const std::string_view> args) {
    const auto& entry = *parsed.entry;
    auto& manners = session.manners;
    const Asker asker{
        manners.database, manners.version,
        std::exchange(manners.asking, false) || has(*entry.command, commands::asking_ok),
        manners.read_only};
    if (topology_ && !shares_one_slot(*entry.command, args, parsed.key.slot)) {
        reply_error(session, slots::cross_slot_error());
        return Outcome::done;
    }
    const std::size_t worker = parsed.key.slot.number % peers_.size();
    if (worker == keeper_.index()) {
        reply_to(session, [&](client::resp::Writer& reply) {
            serve(entry, args, parsed.key, asker, reply);
        });
        return Outcome::done;
    }
    if (session.missing_replies() >= most_missing_replies) return Outcome::later;
    auto& parcel = outgoing_[worker];
    if (!parcel) parcel = std::make_unique<Crossing>(term_);
    parcel->add(
        {session.id(), session.expect(), &entry, asker, parsed.key.slot, parsed.key.hash, 0, 0, 0},
        args);
    return Outcome::done;
}

// Each worker has a part of the answer: see commands::Join.
Dispatcher::Outcome Dispatcher::dispatch_everywhere(Session& session, const Entry& entry,
                                                    std::span<const std::string_view> args) {
    const Asker asker{session.manners.database, session.manners.version, false,
                      session.manners.read_only};
    if (peers_.size() == 1) {
        reply_to(session,
                 [&](client::resp::Writer& reply) { serve_part(entry, args, asker, reply); });
        return Outcome::done;
    }
    if (session.waiting()) return Outcome::later;
    const auto owned = std::make_shared<const std::vector<std::string>>(args.begin(), args.end());
    reply_to(session, [&](client::resp::Writer& reply) {
        Talk talk{*this, session, entry, args, reply};
        if (entry.command->join == commands::Join::walk) {
            walk(talk, owned, asker);
        } else if (has(*entry.command, commands::writes)) {
            write_everywhere(talk, owned, asker);
        } else {
            ask_everywhere(talk, owned, asker);
        }
    });
    return Outcome::done;
}

Dispatcher::Outcome Dispatcher::talk(Session& session, const Entry& entry,
                                     std::span<const std::string_view> args) {
    const bool about_node = entry.command->govern != nullptr;
    if (about_node && session.waiting()) return Outcome::later;
    ++stats_.of(entry.id).calls;
    reply_to(session, [&](client::resp::Writer& reply) {
        Talk talk{*this, session, entry, args, reply};
        const auto done = about_node ? host_.govern(talk) : entry.command->converse(talk);
        if (done) return;
        ++stats_.of(entry.id).failed;
        stats_.count_error(done.error().code());
        reply.error(done.error());
    });
    return Outcome::done;
}

}  // namespace grapevine::node::session
