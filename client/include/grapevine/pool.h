// Blocks of memory that are used again: what a call needs while it is on its way.
#pragma once

#include <cstddef>

namespace grapevine::client {

// From any thread, given back on any thread. Up to 4096 bytes come from lists of free blocks, more
// from the heap.
void* take_block(std::size_t size);
void give_block(void* block, std::size_t size) noexcept;

// Base of classes that live in such blocks.
struct Pooled {
    static void* operator new(std::size_t size) { return take_block(size); }
    static void operator delete(void* block, std::size_t size) noexcept { give_block(block, size); }
};

}  // namespace grapevine::client
