// Where everything lies in a frame of the Redis cluster bus, in bytes (version 1; Redis 7.0).
#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::gossip::layout {

inline constexpr std::uint32_t signature = 0x52436d62;  // "RCmb"
inline constexpr std::uint16_t version = 1;
inline constexpr std::size_t id_size = 40;
inline constexpr std::size_t host_size = 46;
inline constexpr std::size_t bitmap_size = 2048;

// The header.
inline constexpr std::size_t length_at = 4;
inline constexpr std::size_t version_at = 8;
inline constexpr std::size_t port_at = 10;
inline constexpr std::size_t type_at = 12;
inline constexpr std::size_t count_at = 14;  // Of rumours.
inline constexpr std::size_t current_epoch_at = 16;
inline constexpr std::size_t config_epoch_at = 24;
inline constexpr std::size_t offset_at = 32;
inline constexpr std::size_t sender_at = 40;
inline constexpr std::size_t slots_at = 80;
inline constexpr std::size_t primary_at = 2128;
inline constexpr std::size_t host_at = 2168;
// The end of the host's field: behind the zero that ends the host, where no Redis looks. Only of
// Grapevines, and only when the host is short enough: every IP address as it is usually written.
inline constexpr std::size_t process_at = 2208;
inline constexpr std::size_t process_size = 6;
inline constexpr std::size_t longest_host_before_process = process_at - host_at - 1;
inline constexpr std::size_t extension_count_at = 2214;
inline constexpr std::size_t mark_at = 2216;  // 30 bytes that Redis sends as zeros: mark,
inline constexpr std::size_t mark_version_at = 2220;
inline constexpr std::size_t capabilities_at = 2221;
// The seal, which node/bus puts on a frame and looks at: see node/bus/guard.h.
inline constexpr std::size_t key_hint_at = 2223;
inline constexpr std::size_t counter_at = 2224;  // 6 bytes.
inline constexpr std::size_t code_at = 2230;     // 16 bytes.
inline constexpr std::size_t secondary_port_at = 2246;
inline constexpr std::size_t bus_port_at = 2248;
inline constexpr std::size_t flags_at = 2250;
inline constexpr std::size_t state_at = 2252;  // 0: serving, 1: not.
inline constexpr std::size_t message_flags_at = 2253;
inline constexpr std::size_t body_at = 2256;

inline constexpr std::uint32_t mark = 0x47525056;  // "GRPV"
inline constexpr std::uint8_t mark_version = 1;

// The last one is our own, in votes that no Redis gets.
enum MessageFlag : std::uint8_t {
    paused = 1,
    forced = 2,
    has_extensions = 4,
    has_conditions = 128
};

// A rumour: offsets in its 104 bytes. Two times of 4 bytes each follow the name.
inline constexpr std::size_t rumour_host_at = 48;
inline constexpr std::size_t rumour_port_at = 94;
inline constexpr std::size_t rumour_bus_port_at = 96;
inline constexpr std::size_t rumour_flags_at = 98;
inline constexpr std::size_t rumour_secondary_port_at = 100;

// An extension: its length (with these 8 bytes, a multiple of 8), its type, padding.
inline constexpr std::size_t extension_header = 8;
inline constexpr std::size_t extension_unit = 8;
inline constexpr std::size_t hostname_limit = 255;
inline constexpr std::size_t forgotten_size = id_size + 8;
inline constexpr std::size_t grave_size = id_size + 8;  // After the digest, 8 bytes.
inline constexpr std::size_t kin_size = 16;             // The number, 1 for settled, padding.
// The last five are our own, and are never sent to a Redis: it would log a warning for each.
enum ExtensionType : std::uint16_t {
    hostname = 0,
    human_name = 1,
    forgotten = 2,
    shard = 3,
    graves = 0x4756,
    kin = 0x4757,
    view = 0x4758,
    witnesses = 0x4759,
    claim_unsaved = 0x475a  // Without a payload.
};

// Other bodies.
inline constexpr std::size_t fail_size = id_size;
inline constexpr std::size_t most_witnesses = 64;   // Nobody names as many.
inline constexpr std::size_t most_conditions = 16;  // Of a vote.
// How many conditions a vote has, and before each of them how many names it has.
inline constexpr std::size_t condition_header = 8;
inline constexpr std::size_t update_size = 8 + id_size + bitmap_size;
inline constexpr std::size_t publish_header = 8;

// A packed frame: see gossip/packing.h. Its length lies where that of others does.
inline constexpr std::uint32_t packed_signature = 0x4756706b;  // "GVpk"
inline constexpr std::size_t unpacked_length_at = 8;

}  // namespace grapevine::gossip::layout
