// The store's allocator: the one place that chooses it, and that knows how much it really hands
// out.
#pragma once

#include <cstddef>

namespace grapevine::node::store {

inline constexpr std::size_t line_size = 64;  // A cache line, in bytes.

// 16-byte aligned, contents undefined. Stops the process when memory is out.
void* allocate(std::size_t size);
// `count` cache lines, each aligned to its size, all zero.
void* allocate_lines(std::size_t count);
// Zeros. Large blocks take no real memory before they are written.
void* allocate_zeros(std::size_t size);
void release(void* block);
// What a block really occupies: at least what was asked for, all of it may be written.
std::size_t usable_size(const void* block);

}  // namespace grapevine::node::store
