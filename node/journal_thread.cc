#include "node/journal_thread.h"

#include <pthread.h>

#include "node/observe/crash.h"

namespace grapevine::node {

void JournalThread::attach(const std::vector<journal::Journal::Worker>& sources,
                           std::vector<replication::Replication::Worker> workers,
                           replication::Lookup lookup, replication::Settings replication,
                           persistence::Settings persistence) {
    journal_.attach(sources);
    std::vector<commands::Keeper*> keepers;
    for (const auto& worker : workers) keepers.push_back(worker.keeper);
    replication_ = std::make_unique<replication::Replication>(
        journal_, std::move(workers), std::move(lookup), std::move(replication));
    persistence_ = std::make_unique<persistence::Persistence>(journal_, std::move(keepers),
                                                              std::move(persistence));
    persistence_->ask_origin([this] {
        return persistence::Origin{replication_->history(), replication_->shard_of_data(),
                                   replication_->saved(), replication_->is_whole()};
    });
}

void JournalThread::let_go(std::function<void()> done) {
    replication_->stop([this, done = std::move(done)] { persistence_->stop(done); });
}

void JournalThread::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "journal");
        observe::introduce_thread("journal");
        loop_.run();
    });
}

void JournalThread::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

}  // namespace grapevine::node
