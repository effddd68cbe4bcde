// What a client has done since it was made, as numbers.
#pragma once

#include <array>
#include <cstdint>
#include <grapevine/lean.h>
#include <string>
#include <vector>

namespace grapevine::client {

// From handing a request to the kernel until its answer is looked at. A sample: one request at a
// time per connection is timed.
struct Latency {
    // Upper bounds of the buckets, inclusive; one more bucket is for what took longer.
    static constexpr std::array<std::chrono::microseconds, 14> bounds{
        {std::chrono::microseconds(50), std::chrono::microseconds(100),
         std::chrono::microseconds(200), std::chrono::microseconds(500),
         std::chrono::milliseconds(1), std::chrono::milliseconds(2), std::chrono::milliseconds(5),
         std::chrono::milliseconds(10), std::chrono::milliseconds(20),
         std::chrono::milliseconds(50), std::chrono::milliseconds(100),
         std::chrono::milliseconds(200), std::chrono::milliseconds(500), std::chrono::seconds(1)}};

    std::array<std::uint64_t, bounds.size() + 1> buckets{};  // Samples in each, not summed up.
    std::uint64_t samples = 0;
    std::chrono::microseconds sum{};
    std::chrono::microseconds longest{};
    std::chrono::microseconds recent{};  // A mean in which each sample weighs an eighth.
};

struct NodeFigures {
    std::string node;             // "host:port", or the path of a unix socket.
    std::uint64_t requests = 0;   // Sent to it; one that is sent again counts again.
    std::uint64_t in_flight = 0;  // Sent and not answered, now.
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t redirects = 0;    // MOVED and ASK that it answered.
    std::uint64_t retries = 0;      // After other setbacks there.
    std::uint64_t connections = 0;  // That were opened.
    Latency latency{};
};

// Of the cache of answers (Options::cache_bytes).
struct CacheFigures {
    std::uint64_t hits = 0;           // Calls that it answered.
    std::uint64_t misses = 0;         // Calls that it could have answered.
    std::uint64_t invalidations = 0;  // Keys that servers said had changed; all of a node count 1.
    std::uint64_t evictions = 0;      // Keys that left for want of room.
    std::uint64_t keys = 0;           // Kept now, those that are asked for included.
    std::uint64_t bytes = 0;          // That they take now, with what it takes to find them.
};

struct Figures {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;   // Calls that ended in an error.
    std::uint64_t redirects = 0;  // MOVED and ASK.
    std::uint64_t retries = 0;    // After other setbacks.
    std::uint64_t fetches = 0;    // Of the map of the cluster.
    std::uint64_t connections = 0;
    CacheFigures cache{};
    std::vector<NodeFigures> nodes{};  // Those that were ever sent something.
};

}  // namespace grapevine::client
