// LZF, as Redis compresses long strings in RDB files. Only reading it, and written here because a
// hostile payload must not get further than an error, which a library in another hand cannot
// promise.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::node::store {

// Nothing unless `compressed` is whole and gives exactly `size` bytes.
std::optional<std::string> lzf_decompress(std::string_view compressed, std::size_t size);

}  // namespace grapevine::node::store
