#include "node/observe/process.h"

#include <fstream>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

namespace grapevine::node::observe {
namespace {

std::chrono::microseconds duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

CpuTime usage_of(int who) {
    rusage usage{};
    getrusage(who, &usage);
    return {duration_of(usage.ru_utime), duration_of(usage.ru_stime)};
}

std::int64_t thread_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::uint64_t page_size() {
    return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t whole = 0;
    std::uint64_t resident = 0;
    statm >> whole >> resident;
    return resident * page_size();
}

std::uint64_t peak_resident_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::uint64_t physical_bytes() {
    return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * page_size();
}

CpuTime process_cpu_time() {
    return usage_of(RUSAGE_SELF);
}

CpuTime children_cpu_time() {
    return usage_of(RUSAGE_CHILDREN);
}

CpuTime thread_cpu_time() {
    return usage_of(RUSAGE_THREAD);
}

void TurnClock::begin() {
    began_nanoseconds_ = thread_nanoseconds();
}

std::uint64_t TurnClock::microseconds_since_begin() const {
    return static_cast<std::uint64_t>(thread_nanoseconds() - began_nanoseconds_) / 1000;
}

}  // namespace grapevine::node::observe
