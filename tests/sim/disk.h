// The disk of one machine, as far as the cluster state is concerned: one save at a time, durable
// only when it is done; a crash keeps what was durable, and perhaps what was being written.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "gossip/effects.h"
#include "gossip/state.h"
#include "tests/sim/chance.h"
#include "tests/sim/plan.h"

namespace grapevine::sim {

// What a saved text promises, beside it: so that checks need not read it.
struct Promise {
    slots::NodeId self;
    std::uint64_t current_epoch = 0;
    std::uint64_t last_vote_epoch = 0;
    std::uint64_t config_epoch = 0;
    slots::SlotSet slots;                                // Its own.
    std::map<slots::NodeId, gossip::SavedVote> votes{};  // By the primary that they are against.
};

struct Written {
    gossip::Generation generation = 0;
    std::string text;
    Promise promise;
};

class Disk {
public:
    using Done = std::function<void(gossip::Generation)>;

    Disk(Scheduler& scheduler, const Setup& setup, std::size_t machine);

    // A newer one takes the place of one that is still waiting. `done` comes when it is durable,
    // `failed` whenever that has failed: it is tried again.
    void save(Written state, Done done, Done failed);
    // The process is gone: what was being written is durable or it is not.
    void crash();
    // Nothing is left.
    void wipe();
    // It was there before the run began.
    void fill(Written state) { keep(std::move(state)); }
    // What was durable `back` saves ago is what is durable, or the oldest that is kept.
    void roll_back(std::size_t back);
    // All that the other has is here as well.
    void copy(const Disk& other) { history_ = other.history_; }
    // Older copies than the newest are gone.
    void keep_newest();

    void fail(bool fails) { fails_ = fails; }
    void slow_down(Time by) { slower_ = by; }

    // Null before the first save.
    const Written* durable() const { return history_.empty() ? nullptr : &history_.back(); }

private:
    void write_next();
    void finish(std::uint64_t attempt);
    void keep(Written state);

    Scheduler& scheduler_;
    const Setup& setup_;
    Chance chance_;
    bool fails_ = false;
    Time slower_{0};
    std::deque<Written> history_;  // The newest last.
    std::optional<Written> writing_;
    std::optional<Written> waiting_;
    Done done_;
    Done failed_;
    std::uint64_t attempts_ = 0;
};

}  // namespace grapevine::sim
