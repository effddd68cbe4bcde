// The owning worker's side: routes a request about keys and serves it.
#include <algorithm>
#include <set>

#include "node/observe/ticks.h"
#include "node/session/dispatcher.h"
#include "node/session/unit.h"
#include "slots/redirect.h"

namespace grapevine::node::session {
namespace {

using Presence = slots::Question::Presence;

Presence presence_of(std::size_t here, std::size_t keys) {
    if (here == keys) return Presence::all;
    return here == 0 ? Presence::none : Presence::some;
}

std::set<std::string_view> keys_of(const Unit& unit) {
    std::set<std::string_view> keys(unit.later_keys.begin(), unit.later_keys.end());
    for (const auto& queued : unit.commands) {
        queued.for_each_key([&](std::string_view key) { keys.insert(key); });
    }
    return keys;
}

}  // namespace

Presence Dispatcher::presence(const commands::Command& command,
                              std::span<const std::string_view> args, int database) {
    auto& keyspace = keeper_.databases()[database];
    std::size_t here = 0;
    std::size_t keys = 0;
    command.keys.for_each(args, [&](std::string_view key) {
        here += keyspace.exists(store::make_key(key)) ? 1 : 0;
        ++keys;
    });
    return presence_of(here, keys);
}

slots::Question Dispatcher::question_about(slots::Slot slot, bool writes,
                                           const Asker& asker) const {
    return {.slot = slot,
            .writes = writes,
            .may_write = !lease_over_,
            .asking = asker.asking,
            .read_only = asker.read_only,
            .allow_reads_when_down = settings_->cluster_allow_reads_when_down};
}

std::optional<Error> Dispatcher::why_elsewhere(const Unit& unit) {
    if (!topology_ || !unit.slot) return {};
    auto question = question_about(*unit.slot, unit.writes, unit.asker);
    if (topology_->in_motion(*unit.slot)) {
        const auto keys = keys_of(unit);
        auto& keyspace = keeper_.databases()[unit.asker.database];
        const auto here = std::ranges::count_if(
            keys, [&](std::string_view key) { return keyspace.exists(store::make_key(key)); });
        question.several_keys = keys.size() > 1;
        question.present = presence_of(static_cast<std::size_t>(here), keys.size());
    }
    const auto route = slots::route(*topology_, question);
    if (route.verdict == slots::Verdict::serve) return {};
    return redirection(route, *unit.slot);
}

Error Dispatcher::redirection(const slots::Route& route, slots::Slot slot) const {
    switch (route.verdict) {
        case slots::Verdict::cross_slot:
            return slots::cross_slot_error();
        case slots::Verdict::try_again:
            return slots::try_again_error();
        case slots::Verdict::unowned:
            return slots::unowned_error();
        case slots::Verdict::cluster_down:
        case slots::Verdict::serve:
            return slots::cluster_down_error();
        case slots::Verdict::moved:
        case slots::Verdict::ask:
            break;
    }
    const auto& node = topology_->nodes[route.node];
    slots::Redirect redirect{slots::Redirect::Kind::moved, slot, node.endpoint};
    if (route.verdict == slots::Verdict::ask) redirect.kind = slots::Redirect::Kind::ask;
    if (settings_->cluster_preferred_endpoint_type == config::EndpointType::hostname) {
        redirect.endpoint.host = node.hostname.empty() ? "?" : node.hostname;
    } else if (settings_->cluster_preferred_endpoint_type ==
               config::EndpointType::unknown_endpoint) {
        redirect.endpoint.host.clear();
    }
    return slots::to_error(redirect);
}

void Dispatcher::serve(const Entry& entry, std::span<const std::string_view> args,
                       const store::Key& key, const Asker& asker, client::resp::Writer& reply) {
    const auto& command = *entry.command;
    if (topology_) {
        const bool writes = (command.flags & commands::writes) != 0;
        auto question = question_about(key.slot, writes, asker);
        question.several_keys = command.keys.last != command.keys.first;
        if (topology_->in_motion(key.slot))
            question.present = presence(command, args, asker.database);
        const auto route = slots::route(*topology_, question);
        if (route.verdict != slots::Verdict::serve) {
            const auto error = redirection(route, key.slot);
            ++stats_.of(entry.id).rejected;
            stats_.count_error(error.code());
            reply.error(error);
            return;
        }
    }
    serve_here(entry, args, key, asker, reply);
}

void Dispatcher::serve_here(const Entry& entry, std::span<const std::string_view> args,
                            const store::Key& key, const Asker& asker,
                            client::resp::Writer& reply) {
    const auto& command = *entry.command;
    if (topology_ && (command.flags & commands::writes) != 0) note_write();
    auto& usage = stats_.of(entry.id);
    ++usage.calls;
    const auto start = observe::ticks();
    if (const auto error = keeper_.run(command, args, asker.database, reply, &key)) {
        ++usage.failed;
        stats_.count_error(error->code());
    }
    const auto spent = observe::ticks() - start;
    usage.ticks += spent;
    keeper_.charge(asker.database, key.slot, spent);
}

void Dispatcher::serve_crossing(Crossing& crossing) {
    crossing.serve_all([this](const Crossing::Item& item, std::span<const std::string_view> args,
                              std::string& replies) {
        client::resp::Writer reply(replies, item.asker.version);
        const auto first = static_cast<std::size_t>(item.entry->command->keys.first);
        serve(*item.entry, args, {args[first], item.slot, item.hash}, item.asker, reply);
    });
    crossing.confirms = confirms_for_peer(crossing.confirms);
}

void Dispatcher::deliver_crossing(const Crossing& crossing) {
    crossing.deliver_all([&](const Crossing::Item& item, std::string_view reply) {
        const bool writes = (item.entry->command->flags & commands::writes) != 0;
        if (auto* session = find(item.session))
            session->fill(item.place, reply, writes ? crossing.confirms : no_write);
    });
}

}  // namespace grapevine::node::session
