#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

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
