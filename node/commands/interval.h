// A part of a sequence, as clients name it: from one index to another, counted from the end when
// negative.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace grapevine::node::commands {

// As it was asked: both ends belong to it.
struct Indices {
    std::int64_t first = 0;
    std::int64_t last = -1;
};

// As it lies in a sequence; empty when size is 0.
struct Interval {
    std::size_t begin = 0;
    std::size_t size = 0;
};

// Both ends are counted from the end, the later one first. GETRANGE and BITCOUNT take it for
// nothing, however far out the ends lie; BITPOS does not (Redis 7.0).
inline bool backwards(Indices asked) {
    return asked.first < 0 && asked.last < 0 && asked.first > asked.last;
}

// The part of `asked` that a sequence of `size` elements has.
inline Interval clamp(Indices asked, std::size_t size) {
    const auto end = static_cast<std::int64_t>(size);
    const auto from_start = [end](std::int64_t index) {
        return std::max<std::int64_t>(index < 0 ? index + end : index, 0);
    };
    const std::int64_t first = from_start(asked.first);
    const std::int64_t last = std::min(from_start(asked.last), end - 1);
    if (first > last) return {};
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1)};
}

}  // namespace grapevine::node::commands
