// The frame by which the ends of a link tell each other what the keys of the link are made of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "node/bus/seal.h"

namespace grapevine::node::bus {

using Frame = std::vector<std::uint8_t>;

struct Hello {
    Nonce nonce{};
    std::array<KeyId, 2> accepted{};  // Ids of the speaker's keys; zeros where there is none.
    bool operator==(const Hello&) const = default;
};
// What it says, without the frame around it.
std::array<std::uint8_t, 48> content_of(const Hello& hello);

// To anybody but a Grapevine it is a message for a module that is not there, from a node that
// nobody knows: Redis 7.0 passes over it without a word.
Frame to_frame(const Hello& hello);

// Nothing when the frame, a whole one, is another message.
std::optional<Hello> read_hello(Bytes frame);

}  // namespace grapevine::node::bus
