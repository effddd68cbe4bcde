#include "node/bus/frame_reader.h"

#include <string>

#include "gossip/packing.h"

namespace grapevine::node::bus {

void FrameReader::feed(std::string_view bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<std::span<const std::uint8_t>>> FrameReader::next() {
    using Frame = std::optional<std::span<const std::uint8_t>>;
    const auto rest = std::span<const std::uint8_t>(bytes_).subspan(taken_);
    const auto length = gossip::received_length(rest);
    if (!length) return length.error();
    if (!*length) return Frame{};
    const std::size_t size = **length;
    if (size > limit_) {
        return Error{"ERR a bus message of " + std::to_string(size) + " bytes, where at most " +
                     std::to_string(limit_) + " are taken"};
    }
    if (rest.size() < size) return Frame{};
    taken_ += size;
    return Frame{rest.first(size)};
}

}  // namespace grapevine::node::bus
