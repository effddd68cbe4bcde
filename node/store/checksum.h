// CRC64 as Redis puts it behind RDB files and DUMP payloads.
#pragma once

#include <cstdint>
#include <string_view>

namespace grapevine::node::store {

// Jones' polynomial, reflected, starting from 0: crc64(0, "123456789") is e9c6d914c4b8d9ca. Piece
// by piece: crc64(crc64(0, a), b) is that of both.
std::uint64_t crc64(std::uint64_t before, std::string_view bytes);

}  // namespace grapevine::node::store
