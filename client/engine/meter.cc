#include "client/engine/meter.h"

#include <algorithm>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

microseconds us(const Count& count) {
    return microseconds(count.value());
}

NodeFigures figures_of(const Meter& meter, std::string node) {
    return {.node = std::move(node),
            .requests = meter.requests.value(),
            .in_flight = meter.in_flight.value(),
            .bytes_sent = meter.bytes_sent.value(),
            .bytes_received = meter.bytes_received.value(),
            .redirects = meter.redirects.value(),
            .retries = meter.retries.value(),
            .connections = meter.connections.value(),
            .latency = meter.latency()};
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

// Meters never move: links keep pointers to theirs.
Meter& Engine::meter_of(route::NodeIndex node) {
    if (node < meters_.size()) return meters_[node].meter;
    const std::lock_guard lock(mutex_);
    while (meters_.size() <= node)
        meters_.emplace_back(router_.name_of(static_cast<route::NodeIndex>(meters_.size())));
    return meters_[node].meter;
}

Figures Engine::figures() const {
    Figures figures{.requests = counters_.requests.value(),
                    .failures = counters_.failures.value(),
                    .redirects = counters_.redirects.value(),
                    .retries = counters_.retries.value(),
                    .fetches = counters_.fetches.value(),
                    .connections = counters_.connections.value(),
                    .nodes = {}};
    if (caching_) figures.cache = caching_->figures();
    const std::lock_guard lock(mutex_);
    for (const NamedMeter& each : meters_)
        if (each.meter.requests.value() + each.meter.retries.value() > 0)
            figures.nodes.push_back(figures_of(each.meter, each.name));
    return figures;
}

}  // namespace grapevine::client
