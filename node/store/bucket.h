// A cache line of a hash table: seven entries, found by comparing seven tags at once.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "node/store/entry.h"

namespace grapevine::node::store {

// Where a key belongs within its slot: the upper 24 bits of its hash. Tables keep keys in this
// order, so a walk is a position, whatever the table's size was when it started.
using Position = std::uint32_t;
inline constexpr int position_bits = 24;
inline constexpr Position position_end = Position{1} << position_bits;
inline Position position_of(const Key& key) {
    return static_cast<Position>(key.hash >> (64 - position_bits));
}

// A pointer to an entry. Its unused bits keep the upper 16 of the position, so that tables grow
// without touching entries, and whether the entry expires, so that looking for expired ones skips
// the others.
class Ref {
public:
    Ref() = default;
    Ref(Entry* entry, Position position)
        : bits_(reinterpret_cast<std::uintptr_t>(entry) | std::uint64_t{position >> 8} << 48 |
                (entry->expires() ? expires_bit : 0)) {}

    explicit operator bool() const { return bits_ != 0; }
    Entry* entry() const { return reinterpret_cast<Entry*>(bits_ & pointer_bits); }
    Entry& operator*() const { return *entry(); }
    Entry* operator->() const { return entry(); }
    bool expires() const { return (bits_ & expires_bit) != 0; }
    std::uint32_t upper_position() const { return static_cast<std::uint32_t>(bits_ >> 48); }

private:
    static constexpr std::uint64_t expires_bit = 1;
    static constexpr std::uint64_t pointer_bits = 0x0000'ffff'ffff'fff0;

    std::uint64_t bits_ = 0;
};

// Filled from the front, without holes. A key that finds its bucket full goes to a following one,
// and each full bucket that it passed counts it.
struct alignas(64) Bucket {
    static constexpr unsigned capacity = 7;
    static constexpr std::uint8_t passed_limit = 255;  // There it stays until the table is rebuilt.

    std::array<Ref, capacity> refs;
    std::array<std::uint8_t, capacity> tags;  // The lower 8 bits of the positions.
    std::uint8_t passed;

    bool full() const { return static_cast<bool>(refs[capacity - 1]); }
    Position position(unsigned index) const {
        return refs[index].upper_position() << 8 | tags[index];
    }
    unsigned size() const {
        unsigned used = 0;
        while (used < capacity && refs[used]) ++used;
        return used;
    }
    // Only when it is not full.
    void add(Ref ref, std::uint8_t tag) {
        const unsigned index = size();
        refs[index] = ref;
        tags[index] = tag;
    }
    void remove(unsigned index) {
        const unsigned last = size() - 1;
        refs[index] = refs[last];
        tags[index] = tags[last];
        refs[last] = {};
    }
    void count_passing() {
        if (passed != passed_limit) ++passed;
    }
    void forget_passing() {
        if (passed != passed_limit) --passed;
    }
    // The upper bit of byte n is set when tag n equals `tag`; above a true match false ones are
    // possible.
    std::uint64_t matches(std::uint8_t tag) const {
        constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
        std::uint64_t word;
        std::memcpy(&word, reinterpret_cast<const char*>(this) + sizeof refs, sizeof word);
        word ^= ones * tag;
        return (word - ones) & ~word & 0x0080'8080'8080'8080;
    }
};
static_assert(sizeof(Bucket) == 64);

}  // namespace grapevine::node::store
