// The unit of ownership: every key lives in one of 16384 slots.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace grapevine::slots {

inline constexpr std::uint16_t slot_count = 16384;

struct Slot {
    std::uint16_t number = 0;  // Below slot_count.
    auto operator<=>(const Slot&) const = default;
};

// CRC16 as Redis Cluster uses it: XMODEM, polynomial 0x1021, initial value 0 (cluster
// specification).
std::uint16_t crc16(std::string_view bytes);

// The part of `key` that decides its slot: the text between the first '{' and
// the next '}'. The whole key when there is no such pair or nothing inside it.
std::string_view hash_tag(std::string_view key);

// Keys with equal hash tags share a slot, so they can share a transaction.
Slot slot_of(std::string_view key);

}  // namespace grapevine::slots
