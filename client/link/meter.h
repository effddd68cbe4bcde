// What is counted about one node: written by the engine's thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <grapevine/figures.h>
#include <grapevine/operation.h>

namespace grapevine::client {

// One writer: no need for a locked instruction.
class Count {
public:
    void add(std::uint64_t more = 1) { set(value() + more); }
    void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Meter {
    Count requests;
    Count in_flight;
    Count bytes_sent;
    Count bytes_received;
    Count redirects;
    Count retries;
    Count connections;

    void took(Duration duration);
    Latency latency() const;
    // A mean in which each sample weighs an eighth; zero before the first.
    Duration recent() const;

private:
    std::array<Count, Latency::bounds.size() + 1> buckets_;
    Count samples_;
    Count sum_us_;
    Count longest_us_;
    Count recent_ns_;
};

}  // namespace grapevine::client
