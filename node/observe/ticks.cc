#include "node/observe/ticks.h"

#include <chrono>

namespace grapevine::node::observe {
namespace {

double measure() {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto first = ticks();
    while (Clock::now() - start < std::chrono::milliseconds(2)) {}
    const auto last = ticks();
    const std::chrono::duration<double, std::micro> passed = Clock::now() - start;
    return static_cast<double>(last - first) / passed.count();
}

}  // namespace

double ticks_per_microsecond() {
    static const double rate = measure();
    return rate;
}

}  // namespace grapevine::node::observe
