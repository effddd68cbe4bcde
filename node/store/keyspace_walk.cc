// What goes over many keys: SCAN, active expiry, clearing.
#include <vector>

#include "node/store/garbage.h"
#include "node/store/keyspace.h"
#include "node/store/snapshot.h"

namespace grapevine::node::store {
namespace {

constexpr std::size_t steps_per_key =
    8;  // Table steps that a walk may make for each key that it was asked for.

// A place in the order of all keys: slot by slot, in each by position. 38 bits.
struct Cursor {
    std::uint32_t slot;
    Position position;

    static Cursor parse(std::uint64_t number) {
        return {static_cast<std::uint32_t>(number >> position_bits),
                static_cast<Position>(number % position_end)};
    }
    std::uint64_t number() const { return std::uint64_t{slot} << position_bits | position; }
    // To the first slot of `set` at or behind this one; false when there is none.
    bool move_into(const slots::SlotSet& set) {
        const auto found = set.first_from(slot);
        if (!found) return false;
        if (found->number != slot) *this = {found->number, 0};
        return true;
    }
    void move_to(Position next) {
        position = next;
        if (position == position_end) *this = {slot + 1, 0};
    }
};

}  // namespace

std::uint64_t Keyspace::scan(std::uint64_t number, std::size_t count,
                             const std::function<void(std::string_view, Type)>& visit) {
    if (number >> position_bits >= slots::slot_count) return 0;
    Cursor cursor = Cursor::parse(number);
    std::size_t seen = 0;
    for (std::size_t steps = 0; seen < count && steps < count * steps_per_key; ++steps) {
        if (!cursor.move_into(occupied_)) return 0;
        cursor.move_to(slots_[cursor.slot].table.walk(cursor.position, [&](Ref ref) {
            ++seen;
            if (!is_expired(*ref)) visit(ref->key(), ref->type());
        }));
    }
    return cursor.move_into(occupied_) ? cursor.number() : 0;
}

void Keyspace::for_each_in(slots::Slot slot, const std::function<bool(std::string_view)>& visit) {
    bool more = true;
    for (Position at = 0; more && at != position_end;) {
        at = state(slot).table.walk(at, [&](Ref ref) {
            if (more && !is_expired(*ref)) more = visit(ref->key());
        });
    }
}

void Keyspace::for_each_held(slots::Slot slot, const std::function<void(std::string_view)>& visit) {
    for (Position at = 0; at != position_end;) {
        at = state(slot).table.walk(at, [&](Ref ref) { visit(ref->key()); });
    }
}

std::optional<std::string_view> Keyspace::random_key(std::uint64_t random) {
    if (size_ == 0) return {};
    std::uint64_t index = random % size_;
    std::uint32_t slot = occupied_.first_from(0)->number;
    while (index >= slots_[slot].counters.keys) {
        index -= slots_[slot].counters.keys;
        slot = occupied_.first_from(slot + 1)->number;
    }
    return random_key_in(slots_[slot].table, random / size_);
}

// From a random position on, around the end, the first key that has not expired.
std::optional<std::string_view> Keyspace::random_key_in(const Table& table,
                                                        std::uint64_t random) const {
    const auto start = static_cast<Position>(random % position_end);
    std::vector<const Entry*> found;
    const auto collect = [&](Ref ref) {
        if (!is_expired(*ref)) found.push_back(ref.entry());
    };
    for (Position at = start; at != position_end && found.empty();) at = table.walk(at, collect);
    for (Position at = 0; at < start && found.empty();) at = table.walk(at, collect);
    if (found.empty()) return {};
    return found[(random / position_end) % found.size()]->key();
}

void Keyspace::clear() {
    while (const auto slot = occupied_.first_from(0)) clear(*slot);
}

void Keyspace::clear(slots::Slot number) {
    SlotState& slot = state(number);
    watches_.touch_if([&](std::string_view text) {
        const Key key = make_key(text);
        return key.slot == number && slot.table.find(key) != nullptr;
    });
    const auto retired = std::make_shared<Retired>(slot.table, slot.counters.bytes);
    if (snapshots_ != nullptr) snapshots_->retire({age_, number.number, 0}, retired);
    Garbage at_once;
    (garbage_ != nullptr ? *garbage_ : at_once).add(retired);

    slot.table = {};
    bytes_ -= slot.counters.bytes;
    changes_ += slot.counters.keys;
    size_ -= slot.counters.keys;
    expiring_ -= slot.expiring;
    slot.counters.bytes = slot.counters.keys = slot.expiring = 0;
    occupied_.erase(number);
    with_expiring_.erase(number);
}

std::size_t Keyspace::expire_some(std::size_t budget_keys) {
    if (keeps_expired_) return 0;
    Cursor cursor = Cursor::parse(expiry_cursor_);
    std::size_t deleted = 0;
    std::size_t looked = 0;
    std::vector<const Entry*> due;
    for (std::size_t steps = 0; looked < budget_keys && steps < budget_keys * steps_per_key;
         ++steps) {
        if (!cursor.move_into(with_expiring_)) {
            cursor = {0, 0};  // A round has ended.
            break;
        }
        const slots::Slot slot{static_cast<std::uint16_t>(cursor.slot)};
        cursor.move_to(state(slot).table.walk(cursor.position, [&](Ref ref) {
            if (!ref.expires()) return;
            ++looked;
            if (is_expired(*ref)) due.push_back(ref.entry());
        }));
        for (const Entry* entry : due) {
            delete_expired(slot, state(slot).table.find(make_key(entry->key(), slot)));
        }
        deleted += due.size();
        due.clear();
    }
    expiry_cursor_ = cursor.number();
    return deleted;
}

void Keyspace::delete_expired(slots::Slot slot, Ref* place) {
    const std::string_view text = (*place)->key();
    if (watches_.any()) watches_.touch(text);
    if (listener_ != nullptr) listener_->expired(database_, text);
    remove(slot, place);
}

std::uint64_t Keyspace::watch(const Key& key) {
    const bool missing = read(key) == nullptr;
    return watches_.add(key.text) << 1 | (missing ? 1 : 0);
}

void Keyspace::unwatch(const Key& key) {
    watches_.remove(key.text);
}

bool Keyspace::changed_since(const Key& key, std::uint64_t version) const {
    const bool was_missing = (version & 1) != 0;
    if (watches_.changed_since(key.text, version >> 1)) return true;
    return !was_missing && peek(key) == nullptr;  // Its time has come, nobody has deleted it yet.
}

}  // namespace grapevine::node::store
