#include "node/store/key.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace grapevine::node::store {
namespace {

std::uint64_t hash_seed = 0;

}  // namespace

void set_hash_seed(std::uint64_t seed) {
    hash_seed = seed;
}

Key make_key(std::string_view text, slots::Slot slot) {
    return {text, slot, XXH3_64bits_withSeed(text.data(), text.size(), hash_seed)};
}

Key make_key(std::string_view text) {
    return make_key(text, slots::slot_of(text));
}

}  // namespace grapevine::node::store
