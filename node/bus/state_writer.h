// Saves the cluster state on a helper thread, so that neither heartbeats nor elections wait for a
// disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gossip/effects.h"
#include "node/io/loop.h"
#include "node/io/timer.h"
#include "slots/result.h"

namespace grapevine::node::bus {

class StateWriter {
public:
    struct Events {
        std::function<void(gossip::Generation)> saved;
        std::function<void(gossip::Generation, const Error&)> failed;  // It is tried again.
    };

    // No event comes from inside a call, none after destruction.
    StateWriter(io::Loop& loop, std::string path, Events events);
    ~StateWriter();
    StateWriter(const StateWriter&) = delete;
    StateWriter& operator=(const StateWriter&) = delete;

    // A newer state takes the place of one that is still waiting. After a failure there is a pause,
    // from 100 ms doubling to 5 s.
    void save(gossip::Save state);

private:
    struct Job;
    void write_newest();
    void finished(const Job& job);

    io::Loop& loop_;
    std::string path_;
    Events events_;
    std::optional<gossip::Save> waiting_;
    bool writing_ = false;
    std::uint64_t pause_ms_ = 0;  // 0: the last one succeeded.
    io::Timer retry_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace grapevine::node::bus
