// Operations by the time at which something is due for them: a hashed wheel of time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "client/link/queue.h"

namespace grapevine::client {

// Coarse: an operation comes up within one tick after its time. Adding and leaving (by unlink())
// cost the same however many there are.
class Wheel {
public:
    static constexpr Duration tick = std::chrono::milliseconds(4);

    void add(Operation& operation, Instant due) {
        const std::int64_t number = std::max(number_of(due) + 1, reached_ + 1);
        spokes_[static_cast<std::size_t>(number) % spokes_.size()].push(operation);
    }

    // Calls `visit` for each operation whose time may have come; each has left the wheel. Those
    // that were a round too early are to be added again.
    template <typename Visit>
    void turn(Instant now, Visit visit) {
        const std::int64_t target = number_of(now);
        if (reached_ + static_cast<std::int64_t>(spokes_.size()) < target)
            reached_ = target - static_cast<std::int64_t>(spokes_.size());
        while (reached_ < target) {
            ++reached_;
            Queue<TimeHook> due;
            due.take(spokes_[static_cast<std::size_t>(reached_) % spokes_.size()]);
            while (!due.empty()) visit(due.pop());
        }
    }

    // Calls `visit` for all that is in it; each has left.
    template <typename Visit>
    void drain(Visit visit) {
        for (Queue<TimeHook>& spoke : spokes_)
            while (!spoke.empty()) visit(spoke.pop());
    }

    // When turn() has something to do next; Instant::max() when nothing is in it.
    Instant next() const {
        for (std::int64_t number = reached_ + 1;
             number <= reached_ + static_cast<std::int64_t>(spokes_.size()); ++number)
            if (!spokes_[static_cast<std::size_t>(number) % spokes_.size()].empty())
                return Instant(number * tick);
        return Instant::max();
    }

private:
    static std::int64_t number_of(Instant at) { return at.time_since_epoch() / tick; }

    std::array<Queue<TimeHook>, 256> spokes_;
    std::int64_t reached_ = 0;
};

}  // namespace grapevine::client
