#include "client/cache/guards.h"

namespace grapevine::client::cache {

std::array<std::uint16_t, slots::slot_count> Guards::unguarded() {
    std::array<std::uint16_t, slots::slot_count> all;
    all.fill(nobody);
    return all;
}

void Guards::vouches(std::uint16_t slot, std::uint16_t node) {
    if (guard_[slot] == node) return;
    if (guard_[slot] != nobody) end(slot);
    if (node >= slots_.size()) slots_.resize(node + 1u);
    guard_[slot] = node;
    ++slots_[node];
    ++guarded_;
}

void Guards::drop(std::uint16_t node) {
    if (!guards(node)) return;
    for (std::uint16_t slot = 0; slot < slots::slot_count; ++slot)
        if (guard_[slot] == node) end(slot);
}

void Guards::drop_all() {
    for (std::uint16_t slot = 0; slot < slots::slot_count; ++slot)
        if (guard_[slot] != nobody) end(slot);
}

void Guards::end(std::uint16_t slot) {
    --slots_[guard_[slot]];
    --guarded_;
    guard_[slot] = nobody;
    epochs_[slot].fetch_add(1, std::memory_order_acq_rel);
}

}  // namespace grapevine::client::cache
