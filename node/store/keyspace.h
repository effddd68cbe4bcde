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

#include "node/store/key.h"
#include "slots/result.h"

namespace grapevine::node::store {

enum class Type : std::uint8_t { none, string };  // Grows with the collections.
std::string_view to_string(Type type);            // As TYPE says it: "none", "string".

// What is counted for each slot.
struct SlotCounters {
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;  // Allocated for its entries and buckets.
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t cpu_us = 0;
};

struct Expiry {
    enum class Kind : std::uint8_t { none, keep, at } kind = Kind::none;
    Millis at = 0;
    static Expiry keep() { return {Kind::keep, 0}; }
    static Expiry at_ms(Millis when) { return {Kind::at, when}; }
};

class Keyspace {
public:
    // --- Time. An expired key reads as missing from the moment that `now` reaches it.
    void set_now(Millis now);
    Millis now() const;

    // --- Reading. Counted per slot.
    bool exists(const Key& key);
    Type type(const Key& key);
    // The bytes of a string; nothing when missing; WRONGTYPE when it holds another type.
    Result<std::optional<std::string_view>> string(const Key& key);
    // 0 when missing; ERR value is not an integer or out of range; WRONGTYPE.
    Result<std::int64_t> integer(const Key& key);
    std::optional<Millis> expires_at(const Key& key);  // Nothing: missing or without an expiry.
    std::optional<std::uint64_t> memory(const Key& key) const;  // Bytes, for MEMORY USAGE.
    std::optional<std::uint64_t> idle_seconds(const Key& key) const;

    // --- Writing. Each call bumps the key's watch version when something changed.
    // Replaces whatever the key held.
    void set(const Key& key, std::string_view value, Expiry expiry = {});
    void set_integer(const Key& key, std::int64_t number);  // Keeps the expiry.
    // A string of `size` bytes to write into: what was there stays, new bytes are zero. Creates the
    // key when it is missing, keeps its expiry. WRONGTYPE when it holds another type.
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
    std::uint64_t size() const;      // Keys, expired ones not yet deleted included.
    std::uint64_t expiring() const;  // Keys with an expiry.
    std::uint64_t bytes() const;
    const SlotCounters& counters(slots::Slot slot) const;
    void charge(slots::Slot slot, std::uint64_t cpu_us);
    // Deletes expired keys until `budget_keys` were looked at; returns how many were deleted.
    std::size_t expire_some(std::size_t budget_keys);

    // --- WATCH. A version is taken by watch() and compared later; unwatch() forgets.
    std::uint64_t watch(const Key& key);
    void unwatch(const Key& key);
    bool changed_since(const Key& key, std::uint64_t version) const;
};

}  // namespace grapevine::node::store
