#include "node/observe/stats.h"

#include <numeric>

#include "slots/check.h"

namespace grapevine::node::observe {
namespace {

constexpr std::size_t most_error_codes = 128;

}  // namespace

CommandUsage& CommandUsage::operator+=(const CommandUsage& other) {
    calls += other.calls;
    ticks += other.ticks;
    rejected += other.rejected;
    failed += other.failed;
    return *this;
}

std::uint64_t WorkerStats::commands_processed() const {
    return std::accumulate(
        commands_.begin(), commands_.end(), std::uint64_t{0},
        [](std::uint64_t sum, const CommandUsage& usage) { return sum + usage.calls; });
}

void WorkerStats::count_error(std::string_view code) {
    if (const auto known = errors_.find(code); known != errors_.end()) {
        ++known->second;
    } else {
        ++errors_[errors_.size() < most_error_codes ? std::string(code) : "OTHER"];
    }
}

std::uint64_t WorkerStats::error_replies() const {
    return std::accumulate(errors_.begin(), errors_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

void WorkerStats::add(const WorkerStats& other) {
    GRAPEVINE_CHECK(commands_.size() == other.commands_.size(),
                    "all workers count the same commands");
    for (std::size_t i = 0; i < commands_.size(); ++i) commands_[i] += other.commands_[i];
    for (const auto& [code, count] : other.errors_) errors_[code] += count;
    connections_received += other.connections_received;
    connections_rejected += other.connections_rejected;
    input_bytes += other.input_bytes;
    output_bytes += other.output_bytes;
    query_buffer_closings += other.query_buffer_closings;
    output_buffer_closings += other.output_buffer_closings;
    keyspace_hits += other.keyspace_hits;
    keyspace_misses += other.keyspace_misses;
    expired_keys += other.expired_keys;
    crossings += other.crossings;
    loop_turns += other.loop_turns;
    longest_turn_usec = std::max(longest_turn_usec, other.longest_turn_usec);
}

}  // namespace grapevine::node::observe
