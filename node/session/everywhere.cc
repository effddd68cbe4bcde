// Commands that are about no single key, when a node has several workers: each has a part of the
// answer.
#include "node/commands/join.h"
#include "node/observe/ticks.h"
#include "node/session/dispatcher.h"
#include "node/session/gather.h"

namespace grapevine::node::session {

void Dispatcher::serve_part(const Entry& entry, std::span<const std::string_view> args,
                            const Asker& asker, client::resp::Writer& reply) {
    auto& usage = stats_.of(entry.id);
    ++usage.calls;
    const auto start = observe::ticks();
    if (const auto error = keeper_.run(*entry.command, args, asker.database, reply)) {
        ++usage.failed;
        stats_.count_error(error->code());
    } else if (peers_.size() == 1 && (entry.command->flags & commands::writes) != 0) {
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

// FLUSHALL: one instant for all workers, and one effect for all of them in the journal.
void Dispatcher::write_everywhere(Talk& talk, const OwnedArguments& args, const Asker& asker) {
    const auto* entry = &talk.entry;
    const auto answer = talk.later();
    auto parts = std::make_shared<std::vector<std::string>>(peers_.size());
    auto recorded = std::make_shared<journal::Effects>();
    recorded->listen(keeper_.effects().listening());
    const std::vector<std::string_view> views(args->begin(), args->end());
    recorded->record(asker.database, views);
    journal_.loop().post([=, this] {
        journal_.barrier(
            [=, this](unsigned index) {
                auto& effects = peers_[index]->keeper().effects();
                const bool listening = effects.listening();
                effects.listen(false);
                (*parts)[index] = peers_[index]->part(*entry, args, asker);
                effects.listen(listening);
            },
            [=, this](journal::Offset) {
                if (!recorded->empty()) journal_.append(recorded->take());
                const std::vector<std::string_view> replies(parts->begin(), parts->end());
                answer.give(commands::join(entry->command->join, replies, 0));
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
