// Stands before the C library's malloc and counts: whoever allocates in this process is seen.
#include <atomic>
#include <cstddef>

namespace grapevine::bench {
std::atomic<long> allocations{0};
}

// NOLINTBEGIN: the names are glibc's.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);

void* malloc(std::size_t size) {
    grapevine::bench::allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    grapevine::bench::allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
    grapevine::bench::allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_realloc(block, size);
}
}
// NOLINTEND
