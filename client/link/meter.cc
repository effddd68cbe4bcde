#include "client/link/meter.h"

#include <algorithm>

namespace grapevine::client {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

microseconds us(const Count& count) {
    return microseconds(count.value());
}

}  // namespace

void Meter::took(Duration duration) {
    const auto& bounds = Latency::bounds;
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), duration) - bounds.begin();
    buckets_[static_cast<std::size_t>(bucket)].add();
    const auto whole = static_cast<std::uint64_t>(duration_cast<microseconds>(duration).count());
    const auto exact = static_cast<std::uint64_t>(duration_cast<nanoseconds>(duration).count());
    const std::uint64_t before = recent_ns_.value();
    recent_ns_.set(samples_.value() == 0 ? exact : before - before / 8 + exact / 8);
    sum_us_.add(whole);
    longest_us_.set(std::max(longest_us_.value(), whole));
    samples_.add();
}

Latency Meter::latency() const {
    Latency latency{.samples = samples_.value(),
                    .sum = us(sum_us_),
                    .longest = us(longest_us_),
                    .recent = duration_cast<microseconds>(recent())};
    for (std::size_t i = 0; i < buckets_.size(); ++i) latency.buckets[i] = buckets_[i].value();
    return latency;
}

Duration Meter::recent() const {
    return nanoseconds(recent_ns_.value());
}

}  // namespace grapevine::client
