// A key with its value and its expiry, in one allocation.
//
//   value size u32 | key size u16 | flags u8 | stamp u24 | [long key size u32] | [expiry u48] | key
//   | value
//
// 16-byte keys and values with an expiry fill 48 bytes, which is a size class of every allocator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "node/store/key.h"

namespace grapevine::node::store {

enum class Type : std::uint8_t { none, string };  // Grows with the collections.
std::string_view to_string(Type type);            // As TYPE says it: "none", "string".

// Counts snapshots; kept in 24 bits of each entry.
using Version = std::uint32_t;
inline constexpr Version last_version = (1u << 24) - 1;

// Never made or destroyed by the language: a view on an allocated block. 16-byte aligned.
class Entry {
public:
    // The value's bytes are undefined. `spare` bytes are reserved behind it. `expiry` is clamped to
    // 0 .. 2^48 - 1 (the year 10889).
    static Entry* make(std::string_view key, std::size_t value_size, std::optional<Millis> expiry,
                       std::size_t spare = 0);
    static void free(Entry* entry);

    Entry() = delete;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    Type type() const { return Type::string; }
    std::string_view key() const { return {bytes() + key_offset(), key_size()}; }
    std::string_view value() const { return {bytes() + value_offset(), value_size()}; }
    char* value_data() { return bytes() + value_offset(); }
    std::size_t value_size() const { return load<std::uint32_t>(0); }

    bool expires() const { return (flags() & expires_flag) != 0; }
    std::optional<Millis> expiry() const;
    // Only for an entry that has one.
    Millis expires_at() const;
    void set_expires_at(Millis at);

    // The snapshot version at its last change.
    Version stamp() const { return load<std::uint32_t>(6) >> 8; }
    void set_stamp(Version version) {
        store(6, static_cast<std::uint32_t>(version << 8 | flags()));
    }

    // Bytes in use, and bytes that the allocator gave.
    std::size_t size() const { return value_offset() + value_size(); }
    std::size_t allocated() const;

    // Whether the value may become `size` bytes (and the entry have an expiry or not) without being
    // moved, and without wasting more than half of its block. `room` is allocated().
    bool fits(std::size_t size, bool with_expiry, std::size_t room) const;
    // Only when it fits. The value keeps the bytes that it had, new ones are undefined.
    void reshape(std::size_t size, std::optional<Millis> expiry);

private:
    static constexpr std::size_t header_size = 10;
    static constexpr std::size_t expiry_size = 6;
    static constexpr std::uint16_t long_key =
        0xffff;  // The key's size is in the four bytes behind the header.
    static constexpr std::uint8_t expires_flag = 1;

    template <typename T>
    T load(std::size_t offset) const {
        T value;
        std::memcpy(&value, bytes() + offset, sizeof value);
        return value;
    }
    template <typename T>
    void store(std::size_t offset, T value) {
        std::memcpy(bytes() + offset, &value, sizeof value);
    }

    const char* bytes() const { return reinterpret_cast<const char*>(this); }
    char* bytes() { return reinterpret_cast<char*>(this); }
    std::uint8_t flags() const { return load<std::uint8_t>(6); }
    bool has_long_key() const { return load<std::uint16_t>(4) == long_key; }
    std::size_t expiry_offset() const { return header_size + (has_long_key() ? 4 : 0); }
    std::size_t key_offset() const { return expiry_offset() + (expires() ? expiry_size : 0); }
    std::size_t key_size() const {
        const auto size = load<std::uint16_t>(4);
        return size == long_key ? load<std::uint32_t>(header_size) : size;
    }
    std::size_t value_offset() const { return key_offset() + key_size(); }
};

}  // namespace grapevine::node::store
