// What a worker counts. Each worker has its own and counts without locks; whoever wants the node's
// numbers gathers copies by message and adds them up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node::observe {

struct CommandUsage {
    std::uint64_t calls = 0;
    std::uint64_t ticks = 0;     // Of ticks.h.
    std::uint64_t rejected = 0;  // Refused before they ran.
    std::uint64_t failed = 0;    // Ran and answered an error.

    CommandUsage& operator+=(const CommandUsage& other);
};

class WorkerStats {
public:
    // `commands`: how many there are; they are known by their number below it.
    explicit WorkerStats(std::size_t commands = 0) : commands_(commands) {}

    CommandUsage& of(std::size_t command) { return commands_[command]; }
    const std::vector<CommandUsage>& commands() const { return commands_; }
    // Sum of the calls of all commands.
    std::uint64_t commands_processed() const;

    // An error reply was sent: "MOVED". At most 128 codes are told apart, the rest counts as
    // "OTHER".
    void count_error(std::string_view code);
    using Errors = std::map<std::string, std::uint64_t, std::less<>>;
    const Errors& errors() const { return errors_; }
    std::uint64_t error_replies() const;

    // A turn of the loop, from waking up to going back to sleep, took so much CPU time of its
    // thread.
    void count_turn(std::uint64_t microseconds) {
        ++loop_turns;
        longest_turn_usec = std::max(longest_turn_usec, microseconds);
    }

    // Adds another worker's numbers to these. Both know the same commands.
    void add(const WorkerStats& other);
    // All at zero: CONFIG RESETSTAT.
    void reset() { *this = WorkerStats(commands_.size()); }

    std::uint64_t connections_received = 0;
    std::uint64_t connections_rejected = 0;  // Beyond maxclients.
    std::uint64_t input_bytes = 0;           // From and to clients.
    std::uint64_t output_bytes = 0;
    std::uint64_t query_buffer_closings = 0;   // Clients cut off because they sent
    std::uint64_t output_buffer_closings = 0;  // or left unread too much.
    std::uint64_t keyspace_hits = 0;
    std::uint64_t keyspace_misses = 0;
    std::uint64_t expired_keys = 0;
    std::uint64_t crossings = 0;  // Requests that another worker's slot had to serve.
    std::uint64_t loop_turns = 0;
    std::uint64_t longest_turn_usec = 0;  // Of all workers' turns, once added up.

private:
    std::vector<CommandUsage> commands_;
    Errors errors_;
};

}  // namespace grapevine::node::observe
