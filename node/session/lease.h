// Until when this node is sure to be its slots' primary. Its bus tells all workers at once, but its
// maps reach each worker through a mailbox: a worker must not read the lease of a map that it has
// not taken yet (a deposed primary needs none) as one for its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

namespace grapevine::node::session {

// What a reply confirms. A worker's term ends when it has lost its lease for good, as far as it
// knows: what was written before the end of a term is never confirmed after it.
using Term = std::uint64_t;
inline constexpr Term no_write = 0;
inline constexpr Term in_doubt = 1;  // A write of a term that is always over.
inline constexpr Term first_term = 2;

// Of two replies that are sent together.
inline Term older(Term left, Term right) {
    if (left == no_write || right == no_write) return std::max(left, right);
    return std::min(left, right);
}

// Written on the bus's thread. Times are microseconds of the loops' monotonic clock.
class Lease {
public:
    // A map is about to be handed out: what is told from now on is for whoever has it. Its number.
    std::uint64_t map_made() { return maps_.fetch_add(1, std::memory_order_relaxed) + 1; }
    void tell(std::int64_t until_us) { until_us_.store(until_us, std::memory_order_release); }

private:
    friend class LeaseView;
    std::atomic<std::uint64_t> maps_{0};
    std::atomic<std::int64_t> until_us_{0};
};

// What one worker may count on.
class LeaseView {
public:
    static constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

    // Until then: for ever.
    void watch(const Lease& lease) {
        lease_ = &lease;
        until_us_ = 0;
    }
    // The map of this number is the worker's from now on; 0: the one before the first change.
    void map_taken(std::uint64_t map) { map_ = map; }

    // While a newer map is on its way, what was told before it holds on, or less.
    std::int64_t until_us() {
        if (lease_ == nullptr) return until_us_;
        const auto told = lease_->until_us_.load(std::memory_order_acquire);
        const bool mine = lease_->maps_.load(std::memory_order_relaxed) == map_;
        until_us_ = mine ? told : std::min(told, until_us_);
        return until_us_;
    }

private:
    const Lease* lease_ = nullptr;
    std::uint64_t map_ = 0;
    std::int64_t until_us_ = for_ever;
};

}  // namespace grapevine::node::session
