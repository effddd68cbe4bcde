// A key with what is computed from it once: its slot and its hash.
#pragma once

#include <cstdint>
#include <string_view>

#include "slots/slot.h"

namespace grapevine::node::store {

using Millis =
    std::int64_t;  // Wall-clock milliseconds since 1970, as EXPIREAT and RDB files count.

struct Key {
    std::string_view text;
    slots::Slot slot;
    std::uint64_t hash = 0;  // XXH3 with this process's secret: never leaves the process.
};

// The secret of this process's hashes, so that nobody can prepare keys that collide. To be called
// once, before the first key is made; 0 until then, which makes tests repeatable.
void set_hash_seed(std::uint64_t seed);

// `slot` must be slot_of(text).
Key make_key(std::string_view text, slots::Slot slot);
Key make_key(std::string_view text);

}  // namespace grapevine::node::store
