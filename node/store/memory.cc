#include "node/store/memory.h"

#include <cstdlib>
#include <cstring>
#include <malloc.h>

#include "slots/check.h"

// Read by jemalloc, where it is the server's malloc. Blocks above 256 bytes (tables, which grow
// slot by slot) are not kept for reuse, and memory goes back to the system after half a second: at
// 1 million keys that is 3 bytes per key. A thread of jemalloc's gives it back, so that no worker's
// turn is spent on that.
extern "C" const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,max_background_threads:1,lg_tcache_max:8,"
    "dirty_decay_ms:500,muzzy_decay_ms:0";

namespace grapevine::node::store {

void* allocate(std::size_t size) {
    void* block = std::malloc(size);
    GRAPEVINE_CHECK(block != nullptr, "there is memory for a key");
    return block;
}

void* allocate_lines(std::size_t count) {
    void* block = std::aligned_alloc(line_size, count * line_size);
    GRAPEVINE_CHECK(block != nullptr, "there is memory for a table");
    return std::memset(block, 0, count * line_size);
}

void* allocate_zeros(std::size_t size) {
    void* block = std::calloc(1, size);
    GRAPEVINE_CHECK(block != nullptr, "there is memory for a keyspace");
    return block;
}

void release(void* block) {
    std::free(block);
}

std::size_t usable_size(const void* block) {
    return malloc_usable_size(const_cast<void*>(block));
}

}  // namespace grapevine::node::store
