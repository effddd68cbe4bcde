// The keys of one slot: a hash table that stays in hash order.
//
// A small table is one array of buckets. A key's position, scaled to the array's size, names its
// bucket, so the array may have any size and grows in the allocator's steps. An array of 8 KB that
// is full is divided among sixteen tables, each for a sixteenth of the positions: no operation
// moves more than 8 KB, however many keys a slot has.
//
// Owns no entries: whoever drops a table frees them first. All zero is an empty table.
#pragma once

#include <cstddef>
#include <cstdint>

#include "node/store/bucket.h"

namespace grapevine::node::store {

struct Branch;

class Table {
public:
    std::uint32_t size() const { return entries_; }

    // Where the key's entry is referred to; null when it is missing. Valid until the next insert or
    // erase.
    Ref* find(const Key& key) const;
    // Of the entry that a find() has found.
    static Position position_at(const Ref* place);
    // The key must be missing. `bytes` counts what tables allocate.
    void insert(Ref ref, Position position, std::uint64_t& bytes);
    // Does not free the entry.
    void erase(Ref* place, std::uint64_t& bytes);

    // Calls visit(Ref) for all entries from position `from` up to the position that it returns, in
    // no order; position_end when none is left. The table must not change meanwhile.
    template <typename Visit>
    Position walk(Position from, Visit visit) const;

    // Fetches the key's bucket into the cache.
    void prefetch_bucket(const Key& key) const;
    // Fetches the entry that may be the key's. Best some time after prefetch_bucket().
    void prefetch_entry(const Key& key) const;

    // Frees all arrays, not the entries.
    void drop(std::uint64_t& bytes);

private:
    static constexpr std::uint32_t largest_array = 128;  // Buckets.
    static constexpr int branch_bits = 4;
    static constexpr int deepest =
        4;  // Branches above one another; an array below these has no largest size.

    // An array's table with the positions that it covers.
    struct Range {
        Table* table;
        Position start;
        int depth;
        Position size() const { return position_end >> (branch_bits * depth); }
        // The array's bucket in which a key at `position` begins its search.
        std::uint32_t home(Position position) const {
            const std::uint64_t scaled = std::uint64_t{position - start} << (branch_bits * depth);
            return static_cast<std::uint32_t>((scaled * table->buckets_) >> position_bits);
        }
        // The first position whose home is behind `bucket`.
        Position end_of(std::uint32_t bucket) const;
        void enter(Position position);  // From a branch to the table below it.
    };

    bool is_branch() const { return buckets_ == 0 && entries_ != 0; }
    Range range_of(Position position) const;
    std::uint32_t after(std::uint32_t bucket) const {
        return bucket + 1 == buckets_ ? 0 : bucket + 1;
    }
    static void place(Ref ref, Position position, const Range& range);
    static void grow(const Range& range, std::uint64_t& bytes);
    static void rebuild(const Range& range, std::uint32_t buckets, std::uint64_t& bytes);
    static void divide(const Range& range, std::uint64_t& bytes);
    void count(Position position, int change);
    void shrink(Position position, std::uint64_t& bytes);
    void make_array(std::uint32_t buckets, std::uint64_t& bytes);
    template <typename Visit>
    void for_each(Visit visit) const;

    union {
        Bucket* array_;
        Branch* branch_;
    };
    std::uint32_t buckets_;
    std::uint32_t entries_;  // Of a branch: of all its tables.
};

struct Branch {
    std::array<Table, 16> tables;  // Each for a sixteenth of the positions.
};

template <typename Visit>
Position Table::walk(Position from, Visit visit) const {
    const Range range = range_of(from);
    const Table& table = *range.table;
    if (table.buckets_ == 0) return range.start + range.size();

    const std::uint32_t home = range.home(from);
    std::uint32_t at = home;
    for (std::uint32_t seen = 0; seen < table.buckets_; ++seen, at = table.after(at)) {
        const Bucket& bucket = table.array_[at];
        for (unsigned index = 0; index < Bucket::capacity && bucket.refs[index]; ++index) {
            const Position position = bucket.position(index);
            if (position >= from && range.home(position) == home) visit(bucket.refs[index]);
        }
        if (bucket.passed == 0) break;
    }
    return range.end_of(home);
}

}  // namespace grapevine::node::store
