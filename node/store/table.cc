#include "node/store/table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "node/store/memory.h"
#include "slots/check.h"

namespace grapevine::node::store {
namespace {

constexpr std::uint64_t branch_lines = sizeof(Branch) / line_size;

// The allocator's size classes, counted in cache lines: 1 to 8, then four to each doubling.
constexpr std::uint32_t size_class(std::uint32_t buckets) {
    if (buckets <= 8) return buckets;
    const auto step = std::bit_floor(buckets - 1) / 4;
    return (buckets + step - 1) / step * step;
}

// Entries that an array takes before it grows: 89 % of its places, which costs few searches a
// second line. A single bucket may be full.
constexpr std::uint32_t limit_of(std::uint32_t buckets) {
    return buckets * Bucket::capacity - buckets * 3 / 4;
}

std::uint32_t buckets_for(std::uint32_t entries) {
    auto buckets = size_class((entries + Bucket::capacity - 1) / Bucket::capacity);
    while (limit_of(buckets) < entries) buckets = size_class(buckets + 1);
    return buckets;
}

Bucket* bucket_of(const Ref* place) {
    const auto address = reinterpret_cast<std::uintptr_t>(place);
    return reinterpret_cast<Bucket*>(address & ~(std::uintptr_t{sizeof(Bucket)} - 1));
}

}  // namespace

Position Table::Range::end_of(std::uint32_t bucket) const {
    const std::uint64_t buckets = table->buckets_;
    const std::uint64_t scaled =
        ((std::uint64_t{bucket} + 1) * position_end + buckets - 1) / buckets;
    const std::uint64_t unit = std::uint64_t{1} << (branch_bits * depth);
    return start + std::min(static_cast<Position>((scaled + unit - 1) / unit), size());
}

void Table::Range::enter(Position position) {
    ++depth;
    const auto index = (position - start) / size();
    start += index * size();
    table = &table->branch_->tables[index];
}

Table::Range Table::range_of(Position position) const {
    Range range{const_cast<Table*>(this), 0, 0};
    while (range.table->is_branch()) range.enter(position);
    return range;
}

Ref* Table::find(const Key& key) const {
    const Position position = position_of(key);
    const Range range = range_of(position);
    const Table& table = *range.table;
    if (table.buckets_ == 0) return nullptr;

    std::uint32_t at = range.home(position);
    for (std::uint32_t seen = 0; seen < table.buckets_; ++seen, at = table.after(at)) {
        Bucket& bucket = table.array_[at];
        auto matches = bucket.matches(static_cast<std::uint8_t>(position));
        for (; matches != 0; matches &= matches - 1) {
            Ref& ref = bucket.refs[static_cast<unsigned>(std::countr_zero(matches)) / 8];
            if (ref && ref.upper_position() == position >> 8 && ref->key() == key.text) return &ref;
        }
        if (bucket.passed == 0) break;
    }
    return nullptr;
}

Position Table::position_at(const Ref* place) {
    const Bucket* bucket = bucket_of(place);
    return bucket->position(static_cast<unsigned>(place - bucket->refs.data()));
}

void Table::insert(Ref ref, Position position, std::uint64_t& bytes) {
    Range range = range_of(position);
    while (range.table->entries_ >= limit_of(range.table->buckets_)) {
        grow(range, bytes);
        range = range_of(position);
    }
    place(ref, position, range);
    count(position, +1);
}

void Table::erase(Ref* place, std::uint64_t& bytes) {
    Bucket* bucket = bucket_of(place);
    const Position position = position_at(place);
    const Range range = range_of(position);

    bucket->remove(static_cast<unsigned>(place - bucket->refs.data()));
    std::uint32_t at = range.home(position);
    for (; &range.table->array_[at] != bucket; at = range.table->after(at)) {
        range.table->array_[at].forget_passing();
    }
    count(position, -1);
    shrink(position, bytes);
}

void Table::prefetch_bucket(const Key& key) const {
    const Position position = position_of(key);
    const Range range = range_of(position);
    if (range.table->buckets_ != 0) __builtin_prefetch(&range.table->array_[range.home(position)]);
}

void Table::prefetch_entry(const Key& key) const {
    const Position position = position_of(key);
    const Range range = range_of(position);
    if (range.table->buckets_ == 0) return;
    const Bucket& bucket = range.table->array_[range.home(position)];
    const auto matches = bucket.matches(static_cast<std::uint8_t>(position));
    if (matches == 0) return;
    __builtin_prefetch(bucket.refs[static_cast<unsigned>(std::countr_zero(matches)) / 8].entry());
}

void Table::drop(std::uint64_t& bytes) {
    if (is_branch()) {
        for (Table& table : branch_->tables) table.drop(bytes);
        bytes -= branch_lines * line_size;
        release(branch_);
    } else if (buckets_ != 0) {
        bytes -= buckets_ * line_size;
        release(array_);
    }
    *this = {};
}

void Table::place(Ref ref, Position position, const Range& range) {
    Table& table = *range.table;
    std::uint32_t at = range.home(position);
    for (; table.array_[at].full(); at = table.after(at)) table.array_[at].count_passing();
    table.array_[at].add(ref, static_cast<std::uint8_t>(position));
}

void Table::grow(const Range& range, std::uint64_t& bytes) {
    const std::uint32_t buckets = range.table->buckets_;
    if (buckets >= largest_array && range.depth < deepest) {
        divide(range, bytes);
    } else {
        rebuild(range, size_class(buckets + 1), bytes);
    }
}

// Works on a branch too: what is below it becomes one array.
void Table::rebuild(const Range& range, std::uint32_t buckets, std::uint64_t& bytes) {
    Table old = std::exchange(*range.table, Table{});
    range.table->make_array(buckets, bytes);
    range.table->entries_ = old.entries_;
    old.for_each([&](Ref ref, Position position) { place(ref, position, range); });
    old.drop(bytes);
}

void Table::divide(const Range& range, std::uint64_t& bytes) {
    Table old = std::exchange(*range.table, Table{});
    auto* branch = static_cast<Branch*>(allocate_lines(branch_lines));
    bytes += branch_lines * line_size;
    range.table->branch_ = branch;
    range.table->entries_ = old.entries_;

    const int shift = position_bits - branch_bits * (range.depth + 1);
    const auto child_of = [&](Position position) -> Table& {
        return branch->tables[(position - range.start) >> shift];
    };
    old.for_each([&](Ref, Position position) { ++child_of(position).entries_; });
    for (Table& child : branch->tables) child.make_array(buckets_for(child.entries_), bytes);
    old.for_each([&](Ref ref, Position position) {
        Table& child = child_of(position);
        const auto start =
            range.start + (static_cast<Position>(&child - branch->tables.data()) << shift);
        place(ref, position, {&child, start, range.depth + 1});
    });
    old.drop(bytes);
}

void Table::count(Position position, int change) {
    Range range{this, 0, 0};
    while (range.table->is_branch()) {
        range.table->entries_ += static_cast<std::uint32_t>(change);
        range.enter(position);
    }
    range.table->entries_ += static_cast<std::uint32_t>(change);
}

// What uses less than 2/5 of its places gets an array that fits, with some room to grow.
void Table::shrink(Position position, std::uint64_t& bytes) {
    Range range{this, 0, 0};
    const auto sparse = [](const Table& table) {
        const auto buckets = table.is_branch() ? largest_array : table.buckets_;
        return table.entries_ < buckets * Bucket::capacity * 2 / 5;
    };
    while (range.table->is_branch() && !sparse(*range.table)) {
        range.enter(position);
    }
    Table& table = *range.table;
    if (table.entries_ == 0) return table.drop(bytes);
    if (!sparse(table)) return;
    const std::uint32_t buckets = buckets_for(table.entries_ + table.entries_ / 4);
    if (table.is_branch() || buckets < table.buckets_) rebuild(range, buckets, bytes);
}

void Table::make_array(std::uint32_t buckets, std::uint64_t& bytes) {
    buckets_ = buckets;
    if (buckets == 0) return;
    array_ = static_cast<Bucket*>(allocate_lines(buckets));
    bytes += buckets * line_size;
}

template <typename Visit>
void Table::for_each(Visit visit) const {
    if (is_branch()) {
        for (const Table& table : branch_->tables) table.for_each(visit);
        return;
    }
    for (std::uint32_t at = 0; at < buckets_; ++at) {
        const Bucket& bucket = array_[at];
        for (unsigned index = 0; index < Bucket::capacity && bucket.refs[index]; ++index) {
            visit(bucket.refs[index], bucket.position(index));
        }
    }
}

}  // namespace grapevine::node::store
