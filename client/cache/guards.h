// Which node vouches for what is known about a slot: the one whose connection would bring the news
// that a key has changed. Pure.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "slots/slot.h"

namespace grapevine::client::cache {

// A slot has an epoch. What was learned in another epoch than the present one is not known any
// more: so all that is known about a slot is dropped at once, however much it is.
class Guards {
public:
    static constexpr std::uint16_t nobody = 0xffff;

    // From any thread.
    std::uint32_t epoch(std::uint16_t slot) const {
        return epochs_[slot].load(std::memory_order_acquire);
    }

    // From one thread, as all that follows: an answer about the slot came from `node`.
    void vouches(std::uint16_t slot, std::uint16_t node);
    // Its connection was lost, or it says that all its keys have changed, or it is not heard.
    void drop(std::uint16_t node);
    void drop_all();
    void drop_slot(std::uint16_t slot) {
        if (guard_[slot] != nobody) end(slot);
    }
    // `primary_of(slot)`: who owns it by the map.
    template <typename PrimaryOf>
    void compare(PrimaryOf primary_of) {
        for (std::uint16_t slot = 0; slot < slots::slot_count; ++slot)
            if (guard_[slot] != nobody && guard_[slot] != primary_of(slot)) end(slot);
    }

    std::uint16_t guard_of(std::uint16_t slot) const { return guard_[slot]; }
    bool guards(std::uint16_t node) const { return node < slots_.size() && slots_[node] > 0; }
    bool any() const { return guarded_ > 0; }

private:
    void end(std::uint16_t slot);

    std::array<std::atomic<std::uint32_t>, slots::slot_count> epochs_{};
    std::array<std::uint16_t, slots::slot_count> guard_ = unguarded();
    std::vector<std::uint32_t> slots_;  // So many does a node vouch for.
    std::uint32_t guarded_ = 0;
    static std::array<std::uint16_t, slots::slot_count> unguarded();
};

}  // namespace grapevine::client::cache
