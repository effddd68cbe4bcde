// The journal thread: asleep until there is a replica, an append-only file or a migration.
#pragma once

#include <thread>

#include "node/io/loop.h"
#include "node/journal/journal.h"

namespace grapevine::node {

class JournalThread {
public:
    explicit JournalThread(std::size_t backlog_bytes) : journal_(loop_, backlog_bytes) {}
    ~JournalThread() { stop(); }

    io::Loop& loop() { return loop_; }
    journal::Journal& journal() { return journal_; }

    void start();
    void stop();  // Waits for the thread to end.

private:
    io::Loop loop_;
    journal::Journal journal_;
    std::thread thread_;
};

}  // namespace grapevine::node
