// Commands that are about no single key, when a node has several workers: each has a part of the
// answer.
#include <numeric>

#include "node/commands/join.h"
#include "node/observe/ticks.h"
#include "node/session/dispatcher.h"
#include "node/session/gather.h"
#include "slots/redirect.h"

namespace grapevine::node::session {

bool writes_everywhere(const commands::Command& command) {
    constexpr auto both = commands::writes | commands::every_worker;
    return (command.flags & both) == both;
}

Error replica_error() {
    return {"READONLY You can't write against a read only replica."};
}

// These are not routed, so what slots::route() refuses to write is refused here. Only that: a node
// without slots, or of a cluster that is not whole, may be emptied, as with Redis.
bool Dispatcher::refuse_everywhere(const Entry& entry, client::resp::Writer& reply) {
    if (!topology_ || !writes_everywhere(*entry.command)) return false;
    const bool replica = keeper_.replica() || topology_->me().role == slots::Role::replica;
    if (!replica && !topology_->fenced && !lease_over_) return false;
    const auto error = replica ? replica_error() : slots::cluster_down_error();
    ++stats_.of(entry.id).rejected;
    stats_.count_error(error.code());
    reply.error(error);
    return true;
}

void Dispatcher::serve_part(const Entry& entry, std::span<const std::string_view> args,
                            const Asker& asker, client::resp::Writer& reply) {
    const bool alone = peers_.size() == 1;
    if (alone && refuse_everywhere(entry, reply)) return;
    // Of several workers the client's has looked at the map before: see write_everywhere().
    if (!alone && writes_everywhere(*entry.command) && keeper_.replica())
        return reply.error(replica_error());
    const bool writes = (entry.command->flags & commands::writes) != 0;
    if (writes && topology_) note_write();
    auto& usage = stats_.of(entry.id);
    ++usage.calls;
    const auto start = observe::ticks();
    if (const auto error = keeper_.run(*entry.command, args, asker.database, reply)) {
        ++usage.failed;
        stats_.count_error(error->code());
    } else if (alone && writes) {
        keeper_.effects().record(asker.database,
                                 args);  // Of several: write_everywhere() does it once.
    }
    usage.ticks += observe::ticks() - start;
}

std::string Dispatcher::part(const Entry& entry, const OwnedArguments& args, const Asker& asker) {
    const std::vector<std::string_view> views(args->begin(), args->end());
    std::string reply;
    client::resp::Writer writer(reply, asker.version);
    serve_part(entry, views, asker, writer);
    return reply;
}

void Dispatcher::ask_everywhere(Talk& talk, const OwnedArguments& args, const Asker& asker) {
    const auto* entry = &talk.entry;
    const auto chance = keeper_.random();
    on_every_worker(
        talk, [=](Dispatcher& peer) { return peer.part(*entry, args, asker); },
        [=](const std::vector<std::string>& parts, client::resp::Writer& reply) {
            const std::vector<std::string_view> views(parts.begin(), parts.end());
            reply.raw(commands::join(entry->command->join, views, chance));
        });
}

// FLUSHALL: one instant for all workers, and one effect for all of them in the journal. Roles
// change at barriers, too: all workers are primary's then, or all are a replica's. Their maps are
// not.
void Dispatcher::write_everywhere(Talk& talk, const OwnedArguments& args, const Asker& asker) {
    if (refuse_everywhere(talk.entry, talk.reply)) return;
    struct Parts {
        std::vector<std::string> replies;
        std::vector<Term> confirm;
        journal::Effects effects;
    };
    const auto* entry = &talk.entry;
    const auto answer = talk.later();
    const Term term = term_;
    auto parts = std::make_shared<Parts>();
    parts->replies.resize(peers_.size());
    parts->confirm.resize(peers_.size());
    journal_.loop().post([=, this] {
        journal_.barrier(
            [=, this](unsigned index) {
                auto* peer = peers_[index];
                auto& effects = peer->keeper().effects();
                const bool listening = effects.listening();
                if (index == 0) parts->effects.listen(listening);
                effects.listen(false);
                parts->replies[index] = peer->part(*entry, args, asker);
                parts->confirm[index] = peer->confirms_for_peer(term);
                effects.listen(listening);
            },
            [=, this](journal::Offset) {
                const std::vector<std::string_view> replies(parts->replies.begin(),
                                                            parts->replies.end());
                auto reply = commands::join(entry->command->join, replies, 0);
                const std::vector<std::string_view> views(args->begin(), args->end());
                const bool done = !reply.starts_with('-');
                if (done) parts->effects.record(asker.database, views);
                if (!parts->effects.empty()) journal_.append(parts->effects.take());
                answer.give(
                    std::move(reply),
                    std::accumulate(parts->confirm.begin(), parts->confirm.end(), no_write, older));
            });
    });
}

// SCAN: the cursor names the worker.
void Dispatcher::walk(Talk& talk, const OwnedArguments& args, const Asker& asker) {
    const auto* entry = &talk.entry;
    const auto answer = talk.later();
    const auto workers = peers_.size();
    const auto worker = commands::worker_of_cursor((*args)[1], workers);
    auto* peer = peers_[worker];
    peer->loop_.post([=] {
        answer.give(commands::continue_walk(peer->part(*entry, args, asker), worker, workers));
    });
}

}  // namespace grapevine::node::session
