// What the operating system says about this process.
#pragma once

#include <chrono>
#include <cstdint>

namespace grapevine::node::observe {

// Memory in use as the kernel sees it, in bytes: resident pages. 0 when /proc is not there.
std::uint64_t resident_bytes();
// The most that there ever were.
std::uint64_t peak_resident_bytes();
// Of the machine.
std::uint64_t physical_bytes();

struct CpuTime {
    std::chrono::microseconds user{0};
    std::chrono::microseconds system{0};
};
CpuTime process_cpu_time();
CpuTime children_cpu_time();
// Of the calling thread.
CpuTime thread_cpu_time();

// How much CPU time of its thread each turn of a loop takes. Wall time would say nothing on a
// shared machine. Reading the clock costs a system call.
class TurnClock {
public:
    // On the thread whose turn begins or ends.
    void begin();
    std::uint64_t microseconds_since_begin() const;

private:
    std::int64_t began_nanoseconds_ = 0;
};

}  // namespace grapevine::node::observe
