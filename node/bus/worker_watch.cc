#include "node/bus/worker_watch.h"

namespace grapevine::node::bus {

WorkerWatch::WorkerWatch(const std::vector<io::Loop*>& workers) {
    for (io::Loop* loop : workers) {
        workers_.push_back({loop, {}, std::make_shared<std::atomic<bool>>(true)});
    }
}

bool WorkerWatch::all_answer(gossip::Instant now, gossip::Duration patience) {
    bool all = true;
    for (auto& worker : workers_) {
        if (worker.answered->exchange(false)) {
            worker.asked = now;
            worker.loop->post([answered = worker.answered] { *answered = true; });
        } else if (now - worker.asked > patience) {
            all = false;
        }
    }
    return all;
}

}  // namespace grapevine::node::bus
