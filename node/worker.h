// A worker: one thread, one event loop, the slots that it keeps and the clients that it talks with.
#pragma once

#include <functional>
#include <thread>

#include "node/commands/keeper.h"
#include "node/io/loop.h"
#include "node/io/timer.h"
#include "node/journal/journal.h"
#include "node/observe/process.h"
#include "node/replication/status.h"
#include "node/session/dispatcher.h"

namespace grapevine::node {

class Worker {
public:
    struct Place {
        unsigned index;
        unsigned count;
    };
    Worker(Place place, int databases, std::uint64_t seed, const session::CommandTable& table,
           journal::Journal& journal, session::Host& host);
    ~Worker();

    io::Loop& loop() { return loop_; }
    commands::Keeper& keeper() { return keeper_; }
    session::Dispatcher& dispatcher() { return dispatcher_; }

    // On the worker's thread, or before it runs.
    void apply(std::shared_ptr<const config::Config> config);
    void stand(const replication::Standing& standing);
    // Asked once a second: see stop-writes-on-bgsave-error.
    void watch_saves(std::function<bool()> last_save_failed) {
        last_save_failed_ = std::move(last_save_failed);
    }

    void start();
    void stop();  // Waits for the thread to end.

private:
    void each_second();

    io::Loop loop_;
    unsigned index_;
    unsigned count_;
    journal::Journal& journal_;
    commands::Keeper keeper_;
    session::Dispatcher dispatcher_;
    observe::TurnClock turn_;
    io::Timer every_second_;
    io::Timer background_;  // "hz" times a second.
    replication::Standing standing_;
    std::function<bool()> last_save_failed_ = [] { return false; };
    std::thread thread_;
};

}  // namespace grapevine::node
