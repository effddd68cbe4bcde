// How long to wait before the next try, so that many clients do not come back at the same moment.
#pragma once

#include <algorithm>
#include <cstdint>
#include <grapevine/operation.h>

namespace grapevine::client::route {

struct Backoff {
    Duration first = std::chrono::milliseconds(4);
    Duration longest = std::chrono::milliseconds(64);

    // After the given number of setbacks (1 or more): doubles each time, then less up to a half of
    // it by `chance`, any number.
    Duration after(unsigned setbacks, std::uint32_t chance) const {
        const Duration whole = std::min(longest, first * (1u << std::min(setbacks - 1, 16u)));
        return whole - whole / 2 * (chance % 1024) / 1024;
    }
};

}  // namespace grapevine::client::route
