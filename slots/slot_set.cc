#include "slots/slot_set.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

namespace grapevine::slots {
namespace {

std::optional<Slot> parse_slot(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number >= slot_count) return {};
    return Slot{static_cast<std::uint16_t>(number)};
}

std::optional<SlotRange> parse_range(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = parse_slot(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_slot(text.substr(dash + 1));
    if (!first || !last || *last < *first) return {};
    return SlotRange{*first, *last};
}

}  // namespace

SlotSet SlotSet::all() {
    SlotSet set;
    set.words_.fill(~std::uint64_t{0});
    return set;
}

SlotSet SlotSet::from_bitmap(std::span<const std::uint8_t> bitmap) {
    GRAPEVINE_CHECK(bitmap.size() == bitmap_size, "a slot bitmap has 2048 bytes");
    SlotSet set;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(set.words_.data(), bitmap.data(), bitmap_size);
        return set;
    }
    for (std::size_t i = 0; i < set.words_.size(); ++i) {
        for (std::size_t byte = 8; byte-- > 0;) {
            set.words_[i] = (set.words_[i] << 8) | bitmap[i * 8 + byte];
        }
    }
    return set;
}

Result<SlotSet> SlotSet::parse(std::string_view text) {
    constexpr std::string_view blanks = " ,\t";
    SlotSet set;
    while (true) {
        const auto start = text.find_first_not_of(blanks);
        if (start == std::string_view::npos) return set;
        text.remove_prefix(start);
        const auto word = text.substr(0, text.find_first_of(blanks));
        const auto range = parse_range(word);
        if (!range) {
            return Error{"ERR invalid slot range '" + std::string(word) +
                         "': expected a slot or first-last, from 0 to 16383"};
        }
        set.insert(*range);
        text.remove_prefix(word.size());
    }
}

void SlotSet::insert(SlotRange range) {
    for (std::uint32_t number = range.first.number; number <= range.last.number; ++number) {
        insert(Slot{static_cast<std::uint16_t>(number)});
    }
}

std::size_t SlotSet::size() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(__builtin_popcountll(word));
    return count;
}

bool SlotSet::empty() const {
    for (const auto word : words_) {
        if (word != 0) return false;
    }
    return true;
}

template <bool member>
std::uint32_t SlotSet::next_from(std::uint32_t number) const {
    const auto wanted = [this](std::size_t index) {
        return member ? words_[index] : ~words_[index];
    };
    if (number >= slot_count) return slot_count;
    std::size_t index = number / 64;
    std::uint64_t word = wanted(index) & (~std::uint64_t{0} << (number % 64));
    while (word == 0) {
        if (++index == words_.size()) return slot_count;
        word = wanted(index);
    }
    return static_cast<std::uint32_t>(index * 64 + static_cast<unsigned>(__builtin_ctzll(word)));
}

std::optional<Slot> SlotSet::first_from(std::uint32_t number) const {
    const std::uint32_t found = next_from<true>(number);
    if (found == slot_count) return {};
    return Slot{static_cast<std::uint16_t>(found)};
}

std::vector<SlotRange> SlotSet::ranges() const {
    std::vector<SlotRange> ranges;
    std::uint32_t next = 0;
    while (const auto first = first_from(next)) {
        next = next_from<false>(first->number);
        ranges.push_back({*first, {static_cast<std::uint16_t>(next - 1)}});
    }
    return ranges;
}

void SlotSet::to_bitmap(std::span<std::uint8_t> bitmap) const {
    GRAPEVINE_CHECK(bitmap.size() == bitmap_size, "a slot bitmap has 2048 bytes");
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(bitmap.data(), words_.data(), bitmap_size);
        return;
    }
    for (std::size_t i = 0; i < words_.size(); ++i) {
        for (std::size_t byte = 0; byte < 8; ++byte) {
            bitmap[i * 8 + byte] = static_cast<std::uint8_t>(words_[i] >> (byte * 8));
        }
    }
}

SlotSet& SlotSet::operator|=(const SlotSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
}

SlotSet& SlotSet::operator-=(const SlotSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
}

SlotSet& SlotSet::operator&=(const SlotSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
}

std::string to_string(const SlotSet& slots) {
    std::string text;
    for (const auto& range : slots.ranges()) {
        if (!text.empty()) text += ' ';
        text += std::to_string(range.first.number);
        if (range.first != range.last) text += '-' + std::to_string(range.last.number);
    }
    return text;
}

}  // namespace grapevine::slots
