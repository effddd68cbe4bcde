// The journal thread and who lives on it: the one ordered stream, replication, persistence. Asleep
// until there is a replica or something to save.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "node/io/loop.h"
#include "node/journal/journal.h"
#include "node/persistence/persistence.h"
#include "node/replication/replication.h"

namespace grapevine::node {

class JournalThread {
public:
    explicit JournalThread(std::size_t backlog_bytes) : journal_(loop_, backlog_bytes) {}
    ~JournalThread() { stop(); }

    // Once, before start().
    void attach(const std::vector<journal::Journal::Worker>& sources,
                std::vector<replication::Replication::Worker> workers, replication::Lookup lookup,
                replication::Settings replication, persistence::Settings persistence);

    io::Loop& loop() { return loop_; }
    journal::Journal& journal() { return journal_; }
    replication::Replication& replication() { return *replication_; }
    persistence::Persistence& persistence() { return *persistence_; }

    void start();
    // Lets go of replicas, primary and disk, then calls `done` on this thread. The workers must
    // run.
    void let_go(std::function<void()> done);
    void stop();  // Waits for the thread to end.

private:
    io::Loop loop_;
    journal::Journal journal_;
    std::unique_ptr<replication::Replication> replication_;
    std::unique_ptr<persistence::Persistence> persistence_;
    std::thread thread_;
};

}  // namespace grapevine::node
