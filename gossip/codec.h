// The Redis cluster bus format (version 1 of Redis 7.0): messages to bytes and back. Integers are
// big-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gossip/message.h"
#include "slots/result.h"

namespace grapevine::gossip {

inline constexpr std::size_t header_size = 2256;
inline constexpr std::size_t rumour_size = 104;
// A frame that says it is longer is refused: PUBLISH payloads are the only large ones.
inline constexpr std::size_t frame_limit = 64 * 1024 * 1024;
// The first bytes, which frame_length looks at.
inline constexpr std::size_t frame_prefix = 8;

// How long the frame is that starts with `bytes`. Nothing while fewer than frame_prefix bytes are
// there. An error (close the link) when this is no bus, or a length that no message has.
Result<std::optional<std::size_t>> frame_length(std::span<const std::uint8_t> bytes);

// One whole frame. Total: any bytes give a message or an error, and nothing beyond them is read.
Result<Message> decode(std::span<const std::uint8_t> frame);

// Host names that do not fit their field (45 bytes; 255 in the hostname extension) are cut.
std::vector<std::uint8_t> encode(const Message& message);

}  // namespace grapevine::gossip
