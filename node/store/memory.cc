#include "node/store/memory.h"

#include <cstdlib>
#include <cstring>
#include <malloc.h>

#include "slots/check.h"

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
