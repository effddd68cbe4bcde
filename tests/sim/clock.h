// The monotonic clock of one machine: it starts anywhere and its rate is a little wrong.
#pragma once

#include "gossip/timing.h"
#include "tests/sim/scheduler.h"

namespace grapevine::sim {

class Clock {
public:
    Clock(Time origin, std::int64_t ppm) : origin_(origin), ppm_(ppm) {}

    gossip::Instant at(Time now) const {
        const Time local = origin_ + now + Time{now.count() * ppm_ / 1'000'000};
        return gossip::Instant{std::chrono::floor<gossip::Duration>(local)};
    }
    // How long `local` on this clock takes in truth.
    Time until(gossip::Duration local) const {
        const Time wanted = std::chrono::duration_cast<Time>(local);
        return wanted - Time{wanted.count() * ppm_ / 1'000'000};
    }

private:
    Time origin_;
    std::int64_t ppm_;
};

}  // namespace grapevine::sim
