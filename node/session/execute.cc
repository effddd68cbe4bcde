// EXEC: the queue is run part by part; each part about keys in one step on its worker, everything
// else where the client is. The replies of the parts make up one array.
#include <algorithm>

#include "node/session/dispatcher.h"
#include "node/session/reply_to.h"
#include "node/session/unit.h"
#include "slots/redirect.h"

namespace grapevine::node::session {
namespace {

bool in_one_step(const Entry& entry, std::size_t workers) {
    if (entry.command->run == nullptr) return false;
    return workers == 1 || (entry.command->flags & commands::every_worker) == 0;
}

std::string array_header(std::size_t elements) {
    std::string header;
    client::resp::Writer(header).array(elements);
    return header;
}

// What the client gets for a part.
struct Part {
    std::string replies;
    bool is_last = false;  // There is no array to go on with.
};

// `header`: of the array of all replies, which begins with the first part; empty for the others.
Part run_as_part(Dispatcher& dispatcher, const Unit& unit, std::string header) {
    std::string text;
    client::resp::Writer reply(text, unit.asker.version);
    const auto ran = run_unit(dispatcher, unit);
    if (ran && *ran) return {std::move(header) + **ran};
    if (!ran) dispatcher.stats().count_error(ran.error().code());
    if (ran) {
        reply.null_array();
    } else if (header.empty()) {
        for (std::size_t i = 0; i < unit.commands.size(); ++i) reply.error(ran.error());
        return {std::move(text)};
    } else {
        reply.error(ran.error());
    }
    return {std::move(text), true};
}

// The commands about keys that come next.
Unit next_unit(Transaction& transaction, std::size_t workers) {
    Unit unit;
    unit.writes = any_writes(transaction.rest());
    while (transaction.next < transaction.queue.size()) {
        auto& queued = transaction.queue[transaction.next];
        if (!in_one_step(*queued.entry, workers)) break;
        unit.commands.push_back(std::move(queued));
        ++transaction.next;
    }
    return unit;
}

}  // namespace

// Whether this node would serve the command: told while it is queued, so that clients follow early.
std::optional<Error> Dispatcher::misplaced(Session& session, const Parsed& parsed,
                                           std::span<const std::string_view> args) const {
    if (!parsed.keyed || parsed.entry->command->run == nullptr) return {};
    auto& transaction = session.transaction();
    const auto slot = parsed.key.slot;
    if (topology_) {
        if (!shares_one_slot(*parsed.entry->command, args, slot)) return slots::cross_slot_error();
        const bool writes = (parsed.entry->command->flags & commands::writes) != 0;
        const auto route = slots::route(
            *topology_, {.slot = slot,
                         .writes = writes,
                         .asking = session.manners.asking,
                         .read_only = session.manners.read_only,
                         .allow_reads_when_down = settings_->cluster_allow_reads_when_down});
        if (route.verdict != slots::Verdict::serve) return redirection(route, slot);
        if (transaction.slot.value_or(slot) != slot) return slots::cross_slot_error();
        const auto& watched = transaction.watched;
        if (!watched.empty() &&
            watched.front().slot.number % peers_.size() != slot.number % peers_.size()) {
            return slots::cross_slot_error();
        }
    }
    transaction.slot = slot;
    return {};
}

void Dispatcher::start_transaction(Session& session) {
    auto& transaction = session.transaction();
    transaction.open = false;
    transaction.running = true;
    transaction.asking = std::exchange(session.manners.asking, false);
    auto unit = next_unit(transaction, peers_.size());
    for (const auto& queued : transaction.rest()) {
        queued.for_each_key([&](auto key) { unit.later_keys.emplace_back(key); });
    }
    unit.watched = std::exchange(transaction.watched, {});
    run_part(session, std::move(unit), array_header(transaction.queue.size()));
    continue_transaction(session);
}

void Dispatcher::continue_transaction(Session& session) {
    while (session.running_transaction() && !session.waiting()) {
        auto& transaction = session.transaction();
        if (transaction.next == transaction.queue.size()) return session.forget_transaction();
        if (writes_held_ != 0 && any_writes(transaction.rest())) {
            held_.push_back(session.id());
            return session.pause();
        }
        auto unit = next_unit(transaction, peers_.size());
        if (!unit.commands.empty()) {
            run_part(session, std::move(unit), {});
            continue;
        }
        const QueuedCommand queued = std::move(transaction.queue[transaction.next++]);
        const auto args = queued.views();
        if (queued.entry->command->run != nullptr) {
            dispatch_everywhere(session, *queued.entry, args);
        } else {
            talk(session, *queued.entry, args);
        }
    }
}

void Dispatcher::run_part(Session& session, Unit unit, std::string header) {
    const auto& transaction = session.transaction();
    const auto& manners = session.manners;
    unit.slot = transaction.slot;
    unit.asker = {manners.database, manners.version, transaction.asking, manners.read_only};
    const bool somewhere = unit.slot || !unit.watched.empty();
    const auto slot =
        unit.watched.empty() ? unit.slot.value_or(slots::Slot{}) : unit.watched.front().slot;
    auto* home = peers_.size() == 1 || !somewhere ? this : peers_[slot.number % peers_.size()];
    if (home == this) {
        const Part part = run_as_part(*this, unit, std::move(header));
        if (part.is_last) session.forget_transaction();
        reply_to(session, [&](client::resp::Writer& reply) { reply.raw(part.replies); });
        return;
    }
    const auto place = session.expect();
    session.pause();
    home->loop_.post([this, home, id = session.id(), place, term = term_,
                      header = std::move(header), unit = std::move(unit)]() mutable {
        Part part = run_as_part(*home, unit, std::move(header));
        const Term confirms = home->confirms_for_peer(term);
        loop_.post([this, id, place, confirms, part = std::move(part)] {
            auto* found = find(id);
            if (found == nullptr) return;
            if (part.is_last) found->forget_transaction();
            found->fill(place, part.replies, confirms);
        });
    });
}

}  // namespace grapevine::node::session
