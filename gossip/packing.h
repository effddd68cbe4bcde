// The compact link: between Grapevines a frame is sent as what differs from the one before it. Most
// heartbeats say again what the last one said, 2 KB of slots above all (see codec.h), and become
// some 40 bytes.
//
// Each direction of a connection has a Packer at one end and an Unpacker at the other, which see
// the same frames in the same order: a connection neither loses nor reorders. Frames go as they are
// until the peer has said on the same connection that it reads packed ones
// (Capability::reads_packed_frames); a Redis never does, and never gets one. Seals and messages
// lie inside: what is unpacked is believed no more than a frame that came as it is.
//
// A packed frame, integers big-endian: "GVpk", its length (4 bytes), the length that it is unpacked
// to (4 bytes), an LZ4 block whose dictionary are the first dictionary_limit bytes of the frame
// before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "slots/result.h"

namespace grapevine::gossip {

// What each end of a connection remembers, for each direction.
inline constexpr std::size_t dictionary_limit = 4'096;
// Longer ones go as they are; so a few bytes of a hostile peer never become many.
inline constexpr std::size_t packed_limit = 64 * 1'024;
inline constexpr std::size_t packed_header_size = 12;

// As codec.h's frame_length(), for frames that may be packed as well.
Result<std::optional<std::size_t>> received_length(std::span<const std::uint8_t> bytes);

class Packer {
public:
    // What to send in place of the frame. Every frame of the connection has to come by here, also
    // those that go as they are as the peer reads no others yet.
    std::vector<std::uint8_t> pack(std::vector<std::uint8_t> frame, bool peer_reads_packed);

private:
    std::vector<std::uint8_t> before_;
};

class Unpacker {
public:
    // The frame that was packed, or what came as it is. An error (close the link) when that is no
    // packed frame, or when what it holds is no whole frame. Total: any bytes give a frame or an
    // error.
    Result<std::vector<std::uint8_t>> unpack(std::span<const std::uint8_t> received);

private:
    std::vector<std::uint8_t> before_;
};

}  // namespace grapevine::gossip
