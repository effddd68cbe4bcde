// Asks every worker for a sign of life, so that a node that hangs does not look healthy to its
// peers.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "gossip/timing.h"
#include "node/io/loop.h"

namespace grapevine::node::bus {

class WorkerWatch {
public:
    // The loops must outlive the watch, and run until then or leave their mail unread.
    explicit WorkerWatch(const std::vector<io::Loop*>& workers);

    // Asks those who answered the last question. False while one has not answered a question for
    // longer than `patience`.
    bool all_answer(gossip::Instant now, gossip::Duration patience);

private:
    struct Worker {
        io::Loop* loop;
        gossip::Instant asked;
        std::shared_ptr<std::atomic<bool>> answered;
    };
    std::vector<Worker> workers_;
};

}  // namespace grapevine::node::bus
