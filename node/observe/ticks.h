// The processor's own time stamp: a measure of work that costs an instruction, not a system call.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace grapevine::node::observe {

// Only differences mean something; they count at a constant rate (invariant TSC, ARM's virtual
// counter).
inline std::uint64_t ticks() {
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    std::uint64_t count;
    asm volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
#error "say here how this processor counts time"
#endif
}

// Ticks in a microsecond: measured once, against the monotonic clock, in the first call (about 2
// ms).
double ticks_per_microsecond();

}  // namespace grapevine::node::observe
