#include "node/store/keyspace.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "node/store/memory.h"
#include "node/store/number.h"
#include "node/store/snapshot.h"

namespace grapevine::node::store {
namespace {

constexpr std::size_t most_spare = 1 << 20;  // Bytes reserved behind a growing string.

}  // namespace

Keyspace::Keyspace(int database)
    : database_(database),
      slots_(static_cast<SlotState*>(allocate_zeros(slots::slot_count * sizeof(SlotState)))) {}

Keyspace::~Keyspace() {
    clear();
    release(slots_);
}

void Keyspace::join(std::uint32_t age, Snapshots& snapshots, Garbage& garbage) {
    age_ = age;
    snapshots_ = &snapshots;
    garbage_ = &garbage;
}

void Keyspace::swap_number(Keyspace& other) {
    std::swap(database_, other.database_);
    watches_.swap(other.watches_);
    for (Keyspace* keyspace : {this, &other}) {
        keyspace->watches_.touch_if([](std::string_view) { return true; });
    }
}

bool Keyspace::exists(const Key& key) {
    return read(key) != nullptr;
}

Type Keyspace::type(const Key& key) {
    const Ref* place = read(key);
    return place == nullptr ? Type::none : (*place)->type();
}

Result<std::optional<std::string_view>> Keyspace::string(const Key& key) {
    const Ref* place = read(key);
    if (place == nullptr) return std::optional<std::string_view>{};
    return std::optional((*place)->value());
}

Result<std::int64_t> Keyspace::integer(const Key& key) {
    const auto text = string(key);
    if (!text) return text.error();
    if (!text->has_value()) return std::int64_t{0};
    const auto number = parse_integer(**text);
    if (!number) return Error{"ERR value is not an integer or out of range"};
    return *number;
}

std::optional<Millis> Keyspace::expires_at(const Key& key) {
    const Ref* place = read(key);
    return place == nullptr ? std::nullopt : (*place)->expiry();
}

std::optional<std::uint64_t> Keyspace::memory(const Key& key) const {
    const Entry* entry = peek(key);
    if (entry == nullptr) return {};
    return entry->allocated() + sizeof(Bucket) / Bucket::capacity;
}

std::optional<std::uint64_t> Keyspace::idle_seconds(const Key& key) const {
    if (peek(key) == nullptr) return {};
    return 0;
}

void Keyspace::prefetch_bucket(const Key& key) const {
    state(key.slot).table.prefetch_bucket(key);
}

void Keyspace::prefetch_entry(const Key& key) const {
    state(key.slot).table.prefetch_entry(key);
}

void Keyspace::set(const Key& key, std::string_view value, Expiry expiry) {
    Ref* place = write(key);
    std::optional<Millis> at;
    if (expiry.kind == Expiry::Kind::at) at = expiry.at;
    if (expiry.kind == Expiry::Kind::keep && place != nullptr) at = (*place)->expiry();
    Entry* entry = place == nullptr ? insert(key, value.size(), at)
                                    : reshape(key, place, value.size(), at, 0, 0);
    std::copy(value.begin(), value.end(), entry->value_data());
}

void Keyspace::set_integer(const Key& key, std::int64_t number) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.begin(), text.end(), number).ptr;
    set(key, {text.data(), static_cast<std::size_t>(end - text.data())}, Expiry::keep());
}

Result<std::span<char>> Keyspace::resize(const Key& key, std::size_t size) {
    Ref* place = write(key);
    const std::size_t before = place == nullptr ? 0 : (*place)->value_size();
    const std::size_t kept = std::min(before, size);
    const std::size_t spare = size > before ? std::min(size / 2, most_spare) : 0;
    Entry* entry = place == nullptr ? insert(key, size, {})
                                    : reshape(key, place, size, (*place)->expiry(), kept, spare);
    std::fill(entry->value_data() + kept, entry->value_data() + size, '\0');
    return std::span(entry->value_data(), size);
}

bool Keyspace::erase(const Key& key) {
    Ref* place = write(key);
    if (place == nullptr) return false;
    changed(key);
    remove(key.slot, place);
    return true;
}

bool Keyspace::expire(const Key& key, Millis at) {
    Ref* place = write(key);
    if (place == nullptr) return false;
    const std::size_t size = (*place)->value_size();
    reshape(key, place, size, at, size, 0);
    return true;
}

bool Keyspace::persist(const Key& key) {
    Ref* place = write(key);
    if (place == nullptr || !(*place)->expires()) return false;
    const std::size_t size = (*place)->value_size();
    reshape(key, place, size, {}, size, 0);
    return true;
}

bool Keyspace::rename(const Key& from, const Key& to) {
    if (from.text == to.text) return exists(from);
    if (!copy(from, *this, to)) return false;
    erase(from);
    return true;
}

bool Keyspace::copy(const Key& from, Keyspace& target, const Key& to) {
    const Ref* place = read(from);
    if (place == nullptr) return false;
    if (&target == this && from.text == to.text) return true;
    const Entry& entry = **place;
    target.set(to, entry.value(), entry.expires() ? Expiry::at_ms(entry.expires_at()) : Expiry{});
    return true;
}

const Entry* Keyspace::peek(const Key& key) const {
    const Ref* place = state(key.slot).table.find(key);
    return place == nullptr || is_expired(**place) ? nullptr : place->entry();
}

Ref* Keyspace::read(const Key& key) {
    SlotState& slot = state(key.slot);
    ++slot.counters.reads;
    Ref* place = slot.table.find(key);
    if (place != nullptr && !is_expired(**place)) {
        ++lookups_.hits;
        return place;
    }
    ++lookups_.misses;
    if (place != nullptr && !keeps_expired_) delete_expired(key.slot, place);
    return nullptr;
}

Ref* Keyspace::write(const Key& key) {
    SlotState& slot = state(key.slot);
    ++slot.counters.writes;
    Ref* place = slot.table.find(key);
    if (place == nullptr || keeps_expired_ || !is_expired(**place)) return place;
    delete_expired(key.slot, place);
    return nullptr;
}

Entry* Keyspace::insert(const Key& key, std::size_t size, std::optional<Millis> expiry) {
    SlotState& slot = state(key.slot);
    Entry* entry = Entry::make(key.text, size, expiry);
    if (snapshots_ != nullptr) snapshots_->stamp(*entry);
    const std::uint64_t before = slot.counters.bytes;
    slot.table.insert(Ref(entry, position_of(key)), position_of(key), slot.counters.bytes);
    slot.counters.bytes += entry->allocated();
    bytes_ += slot.counters.bytes - before;
    ++size_;
    if (++slot.counters.keys == 1) occupied_.insert(key.slot);
    if (expiry) count_expiring(key.slot, +1);
    changed(key);
    return entry;
}

Entry* Keyspace::reshape(const Key& key, Ref* place, std::size_t size, std::optional<Millis> expiry,
                         std::size_t kept, std::size_t spare) {
    preserve(key.slot, place);
    Entry* entry = place->entry();
    const bool had_expiry = entry->expires();
    if (entry->value_size() == size && !had_expiry && !expiry) {  // Most writes, and then no work.
        changed(key);
        return entry;
    }
    const std::size_t room = entry->allocated();
    if (entry->fits(size, expiry.has_value(), room)) {
        entry->reshape(size, expiry);
    } else {
        Entry* moved = Entry::make(key.text, size, expiry, spare);
        moved->set_stamp(entry->stamp());
        std::memcpy(moved->value_data(), entry->value().data(), kept);
        count_bytes(key.slot, static_cast<std::int64_t>(moved->allocated()) -
                                  static_cast<std::int64_t>(room));
        Entry::free(entry);
        entry = moved;
    }
    *place = Ref(entry, position_of(key));
    if (expiry.has_value() != had_expiry) count_expiring(key.slot, expiry ? +1 : -1);
    changed(key);
    return entry;
}

void Keyspace::remove(slots::Slot number, Ref* place) {
    preserve(number, place);
    SlotState& slot = state(number);
    Entry* entry = place->entry();
    if (entry->expires()) count_expiring(number, -1);
    const std::uint64_t before = slot.counters.bytes;
    slot.table.erase(place, slot.counters.bytes);
    slot.counters.bytes -= entry->allocated();
    bytes_ += slot.counters.bytes - before;
    Entry::free(entry);
    --size_;
    if (--slot.counters.keys == 0) occupied_.erase(number);
}

void Keyspace::preserve(slots::Slot slot, const Ref* place) {
    if (snapshots_ == nullptr || !snapshots_->running()) return;
    snapshots_->preserve({age_, slot.number, Table::position_at(place)}, **place);
}

void Keyspace::count_bytes(slots::Slot slot, std::int64_t change) {
    state(slot).counters.bytes += static_cast<std::uint64_t>(change);
    bytes_ += static_cast<std::uint64_t>(change);
}

void Keyspace::count_expiring(slots::Slot slot, int change) {
    expiring_ += static_cast<std::uint64_t>(std::int64_t{change});
    auto& count = state(slot).expiring;
    count += static_cast<std::uint64_t>(std::int64_t{change});
    if (count == 0) {
        with_expiring_.erase(slot);
    } else {
        with_expiring_.insert(slot);
    }
}

void Keyspace::changed(const Key& key) {
    ++changes_;
    if (watches_.any()) watches_.touch(key.text);
}

void Keyspace::charge(slots::Slot slot, std::uint64_t cpu_us) {
    state(slot).counters.cpu_us += cpu_us;
}

}  // namespace grapevine::node::store
