// Puts the frames of the bus together again from the pieces in which a connection delivers them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "slots/result.h"

namespace grapevine::node::bus {

class FrameReader {
public:
    // A frame that says it is longer than `limit` bytes is an error.
    explicit FrameReader(std::size_t limit) : limit_(limit) {}
    void set_limit(std::size_t limit) { limit_ = limit; }

    // Memory grows by what was fed, never by what a frame claims to be.
    void feed(std::string_view bytes);

    // The next whole frame, valid until the next call of either; nothing when more bytes are
    // needed. An error is final: what follows cannot be understood any more.
    Result<std::optional<std::span<const std::uint8_t>>> next();

private:
    std::size_t limit_;
    std::vector<std::uint8_t> bytes_;
    std::size_t taken_ = 0;  // Bytes at the front whose frames were handed out.
};

}  // namespace grapevine::node::bus
