#include "node/store/entry.h"

#include <algorithm>
#include <limits>

#include "node/store/memory.h"
#include "slots/check.h"

namespace grapevine::node::store {
namespace {

constexpr Millis latest_expiry = (Millis{1} << 48) - 1;
constexpr std::size_t small_entry = 64;  // Below it a half-empty block is not worth moving.

}  // namespace

std::string_view to_string(Type type) {
    return type == Type::string ? "string" : "none";
}

Entry* Entry::make(std::string_view key, std::size_t value_size, std::optional<Millis> expiry,
                   std::size_t spare) {
    GRAPEVINE_CHECK(std::max(key.size(), value_size) <= std::numeric_limits<std::uint32_t>::max(),
                    "keys and strings are below 4 GB");
    const bool is_long = key.size() >= long_key;
    const std::size_t head = header_size + (is_long ? 4 : 0) + (expiry ? expiry_size : 0);
    auto* entry = static_cast<Entry*>(allocate(head + key.size() + value_size + spare));
    entry->store(0, static_cast<std::uint32_t>(value_size));
    entry->store(4, is_long ? long_key : static_cast<std::uint16_t>(key.size()));
    entry->store(6, std::uint32_t{expiry ? expires_flag : std::uint8_t{0}});
    if (is_long) entry->store(header_size, static_cast<std::uint32_t>(key.size()));
    if (expiry) entry->set_expires_at(*expiry);
    std::copy(key.begin(), key.end(), entry->bytes() + head);
    return entry;
}

void Entry::free(Entry* entry) {
    release(entry);
}

std::optional<Millis> Entry::expiry() const {
    return expires() ? std::optional(expires_at()) : std::nullopt;
}

Millis Entry::expires_at() const {
    const std::size_t at = expiry_offset();
    return static_cast<Millis>(load<std::uint32_t>(at) | std::uint64_t{load<std::uint16_t>(at + 4)}
                                                             << 32);
}

void Entry::set_expires_at(Millis at) {
    const auto bits = static_cast<std::uint64_t>(std::clamp(at, Millis{0}, latest_expiry));
    store(expiry_offset(), static_cast<std::uint32_t>(bits));
    store(expiry_offset() + 4, static_cast<std::uint16_t>(bits >> 32));
}

std::size_t Entry::allocated() const {
    return usable_size(this);
}

bool Entry::fits(std::size_t value_size, bool with_expiry, std::size_t room) const {
    const std::size_t head =
        value_offset() - (expires() ? expiry_size : 0) + (with_expiry ? expiry_size : 0);
    const std::size_t before = size();
    const std::size_t after = head + value_size;
    if (after == before) return true;
    return after <= room && (room <= small_entry || after >= room / 2);
}

void Entry::reshape(std::size_t value_size, std::optional<Millis> expiry) {
    if (expiry.has_value() != expires()) {
        const std::size_t from = key_offset();
        const std::size_t kept = key_size() + std::min(value_size, this->value_size());
        store(6, static_cast<std::uint8_t>(flags() ^ expires_flag));
        std::memmove(bytes() + key_offset(), bytes() + from, kept);
    }
    store(0, static_cast<std::uint32_t>(value_size));
    if (expiry) set_expires_at(*expiry);
}

}  // namespace grapevine::node::store
