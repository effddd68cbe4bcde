// One database's keys on one worker. No I/O: time is passed in, what happens by itself (an expiry)
// is told to a listener.
//
// Views and spans that it returns are valid until the next call that is not const.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "node/store/entry.h"
#include "node/store/key.h"
#include "node/store/table.h"
#include "node/store/watches.h"
#include "slots/result.h"
#include "slots/slot_set.h"

namespace grapevine::node::store {

// What is counted for each slot.
struct SlotCounters {
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;  // Allocated for its entries and buckets.
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t cpu_us = 0;
};

// Keys that were looked for on behalf of readers, of whatever slot.
struct Lookups {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
};

struct Expiry {
    enum class Kind : std::uint8_t { none, keep, at } kind = Kind::none;
    Millis at = 0;
    static Expiry keep() { return {Kind::keep, 0}; }
    static Expiry at_ms(Millis when) { return {Kind::at, when}; }
};

class Garbage;
class Snapshots;

// Hears of what a keyspace does without being asked.
class Listener {
public:
    virtual ~Listener() = default;
    // `key` was deleted because its time had come: to be journaled as a DEL. Must not change the
    // keyspace.
    virtual void expired(int database, std::string_view key) = 0;
};

class Keyspace {
public:
    explicit Keyspace(int database = 0);  // `database`: its number, for the listener.
    Keyspace(const Keyspace&) = delete;
    ~Keyspace();

    // Makes it one of a worker's databases (databases.h): snapshots see it, as the one with this
    // `age`, and what is cleared is freed in steps. By itself it has no snapshots and frees at
    // once.
    void join(std::uint32_t age, Snapshots& snapshots, Garbage& garbage);
    int database() const { return database_; }
    // The other keyspace gets this one's number and the reverse. Watched keys of both count as
    // changed.
    void swap_number(Keyspace& other);

    void set_listener(Listener* listener) { listener_ = listener; }  // Null: nobody listens.
    // On a replica an expired key reads as missing but stays until its primary deletes it.
    void set_keeps_expired(bool keeps) { keeps_expired_ = keeps; }

    // --- Time. An expired key reads as missing from the moment that `now` reaches it.
    void set_now(Millis now) { now_ = now; }
    Millis now() const { return now_; }

    // --- Reading. Counted per slot.
    bool exists(const Key& key);
    Type type(const Key& key);
    // The bytes of a string; nothing when missing; WRONGTYPE when it holds another type.
    Result<std::optional<std::string_view>> string(const Key& key);
    // 0 when missing; ERR value is not an integer or out of range; WRONGTYPE.
    Result<std::int64_t> integer(const Key& key);
    std::optional<Millis> expires_at(const Key& key);  // Nothing: missing or without an expiry.
    std::optional<std::uint64_t> memory(const Key& key) const;  // Bytes, for MEMORY USAGE.
    // Always 0 for a key that is there: reads do not write to entries, so nobody knows.
    std::optional<std::uint64_t> idle_seconds(const Key& key) const;
    // For a pipeline: fetch the buckets of some keys, then their entries, then run the commands.
    void prefetch_bucket(const Key& key) const;
    void prefetch_entry(const Key& key) const;

    // --- Writing. Each call bumps the key's watch version when something changed.
    // Replaces whatever the key held. `value` is no view on this key's own value.
    void set(const Key& key, std::string_view value, Expiry expiry = {});
    void set_integer(const Key& key, std::int64_t number);  // Keeps the expiry.
    // A string of `size` bytes to write into: what was there stays, new bytes are zero. Creates the
    // key when it is missing, keeps its expiry. WRONGTYPE when it holds another type. Growing
    // reserves room for more.
    Result<std::span<char>> resize(const Key& key, std::size_t size);
    bool erase(const Key& key);              // True when it was there.
    bool expire(const Key& key, Millis at);  // False when missing.
    bool persist(const Key& key);            // True when it had an expiry.
    // Value and expiry move over, what `to` held is lost. False when `from` is missing. Slots may
    // differ.
    bool rename(const Key& from, const Key& to);
    // The same, leaving `from`. `target` may be another database of this worker.
    bool copy(const Key& from, Keyspace& target, const Key& to);

    // --- Walking.
    // Stateless cursor, below 2^53; 0 starts and ends. Keys present during the whole walk are seen
    // at least once.
    std::uint64_t scan(std::uint64_t cursor, std::size_t count,
                       const std::function<void(std::string_view key, Type type)>& visit);
    void for_each_in(slots::Slot slot,
                     const std::function<bool(std::string_view key)>& visit);  // False stops.
    // Those whose time has come as well: replicas have them.
    void for_each_held(slots::Slot slot, const std::function<void(std::string_view key)>& visit);
    std::optional<std::string_view> random_key(std::uint64_t random);

    // --- Serialised form (DUMP, RDB). Defined by dump.h.
    std::optional<std::string> dump(
        const Key& key);  // The payload with version and checksum; version 10.
    // ERR DUMP payload version or checksum are wrong / ERR Bad data format. Replaces what is there.
    Result<void> restore(const Key& key, std::string_view payload,
                         std::optional<Millis> expires_at);

    // --- As a whole.
    void clear();
    void clear(slots::Slot slot);
    std::uint64_t size() const { return size_; }  // Keys, expired ones not yet deleted included.
    std::uint64_t expiring() const { return expiring_; }  // Keys with an expiry.
    std::uint64_t bytes() const { return bytes_; }        // The sum of the slots' bytes.
    std::uint64_t changes() const { return changes_; }    // Since it was made; cleared keys count.
    const SlotCounters& counters(slots::Slot slot) const { return slots_[slot.number].counters; }
    const Lookups& lookups() const { return lookups_; }
    void charge(slots::Slot slot, std::uint64_t cpu_us);
    const slots::SlotSet& occupied() const { return occupied_; }  // The slots that have keys.
    const Table& table(slots::Slot slot) const { return state(slot).table; }
    // Deletes expired keys until `budget_keys` keys with an expiry were looked at; returns how many
    // were deleted. The next call goes on where this one ended. Only slots that hold such keys are
    // visited.
    std::size_t expire_some(std::size_t budget_keys);

    // --- WATCH. A version is taken by watch() and compared later; unwatch() forgets.
    std::uint64_t watch(const Key& key);
    void unwatch(const Key& key);
    bool changed_since(const Key& key, std::uint64_t version) const;

private:
    // A cache line: what a command needs of its slot comes with one fetch.
    struct SlotState {
        SlotCounters counters;
        Table table;
        std::uint64_t expiring;
    };
    static_assert(sizeof(SlotState) == 64);

    SlotState& state(slots::Slot slot) { return slots_[slot.number]; }
    const SlotState& state(slots::Slot slot) const { return slots_[slot.number]; }
    bool is_expired(const Entry& entry) const {
        return entry.expires() && entry.expires_at() <= now_;
    }

    // Null when missing or expired.
    const Entry* peek(const Key& key) const;
    // The same for commands: counts, and deletes what has expired.
    Ref* read(const Key& key);
    Ref* write(const Key& key);
    void delete_expired(slots::Slot slot, Ref* place);

    std::optional<std::string_view> random_key_in(const Table& table, std::uint64_t random) const;

    void preserve(slots::Slot slot, const Ref* place);
    void changed(const Key& key);
    // Makes room for a value of `size` bytes whose first `kept` bytes stay; the place's entry may
    // move.
    Entry* reshape(const Key& key, Ref* place, std::size_t size, std::optional<Millis> expiry,
                   std::size_t kept, std::size_t spare);
    Entry* insert(const Key& key, std::size_t size, std::optional<Millis> expiry);
    void remove(slots::Slot slot, Ref* place);
    void count_bytes(slots::Slot slot, std::int64_t change);
    void count_expiring(slots::Slot slot, int change);

    int database_;
    bool keeps_expired_ = false;
    Millis now_ = 0;
    Listener* listener_ = nullptr;
    std::uint32_t age_ = 0;
    Snapshots* snapshots_ = nullptr;
    Garbage* garbage_ = nullptr;
    SlotState* slots_;  // Zeros at first: pages without keys are never touched.
    slots::SlotSet occupied_;
    slots::SlotSet with_expiring_;
    std::uint64_t size_ = 0;
    std::uint64_t expiring_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t changes_ = 0;
    Lookups lookups_;
    std::uint64_t expiry_cursor_ = 0;  // As scan()'s.
    Watches watches_;
};

}  // namespace grapevine::node::store
