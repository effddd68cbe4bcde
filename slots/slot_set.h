// A set of slots, as the bus carries it (a bitmap) and as people write it ("0-5460 9000").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "slots/result.h"
#include "slots/slot.h"

namespace grapevine::slots {

struct SlotRange {
    Slot first;
    Slot last;  // Inclusive, not before first.
    bool operator==(const SlotRange&) const = default;
};

class SlotSet {
public:
    static constexpr std::size_t bitmap_size = slot_count / 8;  // Bytes.

    SlotSet() = default;
    static SlotSet all();
    // Bit `n % 8` of byte `n / 8` is slot n: the bus's order. `bitmap` has bitmap_size bytes.
    static SlotSet from_bitmap(std::span<const std::uint8_t> bitmap);
    // "0-5460 9000", separated by blanks or commas. ERR for anything else.
    static Result<SlotSet> parse(std::string_view text);

    bool contains(Slot slot) const { return (words_[slot.number / 64] >> (slot.number % 64)) & 1u; }
    void insert(Slot slot) { words_[slot.number / 64] |= std::uint64_t{1} << (slot.number % 64); }
    void insert(SlotRange range);
    void erase(Slot slot) { words_[slot.number / 64] &= ~(std::uint64_t{1} << (slot.number % 64)); }
    void clear() { words_ = {}; }

    std::size_t size() const;
    bool empty() const;
    // The first member that is not below `number`; nothing when there is none.
    std::optional<Slot> first_from(std::uint32_t number) const;
    // The fewest ranges, in ascending order.
    std::vector<SlotRange> ranges() const;
    void to_bitmap(std::span<std::uint8_t> bitmap) const;

    // Calls visit(Slot) in ascending order.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (std::size_t index = 0; index < words_.size(); ++index) {
            for (std::uint64_t word = words_[index]; word != 0; word &= word - 1) {
                visit(Slot{static_cast<std::uint16_t>(
                    index * 64 + static_cast<unsigned>(__builtin_ctzll(word)))});
            }
        }
    }

    SlotSet& operator|=(const SlotSet& other);
    SlotSet& operator-=(const SlotSet& other);  // Without those of `other`.
    SlotSet& operator&=(const SlotSet& other);
    friend SlotSet operator-(SlotSet set, const SlotSet& other) { return set -= other; }
    friend SlotSet operator&(SlotSet set, const SlotSet& other) { return set &= other; }

    bool operator==(const SlotSet&) const = default;

private:
    // The first slot from `number` on that is a member, or that is none; slot_count: there is none.
    template <bool member>
    std::uint32_t next_from(std::uint32_t number) const;

    std::array<std::uint64_t, slot_count / 64> words_{};
};

// "0-5460 9000"
std::string to_string(const SlotSet& slots);

}  // namespace grapevine::slots
