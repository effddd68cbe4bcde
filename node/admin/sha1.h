// SHA-1, which DEBUG DIGEST needs to say what Redis says of the same data. Not for secrets. Written
// out here because nothing else in the node wants a cryptographic library.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace grapevine::node::admin {

using Sha1 = std::array<std::uint8_t, 20>;

// FIPS 180-4.
Sha1 sha1(std::string_view bytes);

}  // namespace grapevine::node::admin
