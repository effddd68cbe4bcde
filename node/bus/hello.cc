#include "node/bus/hello.h"

#include <algorithm>
#include <string_view>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"

namespace grapevine::node::bus {
namespace {

namespace layout = gossip::layout;
using gossip::read_number;
using gossip::write_number;

// A module's message: the module's number, the length of what follows, a type of one byte.
constexpr std::uint64_t module_number = 0x4752505648454c4f;  // "GRPVHELO"
constexpr std::size_t module_length_at = gossip::header_size + 8;
constexpr std::size_t content_at = gossip::header_size + 13;
constexpr std::size_t content_size = sizeof(Nonce) + 2 * sizeof(KeyId);
constexpr std::size_t frame_size = content_at + content_size;
constexpr auto module_type = static_cast<std::uint16_t>(gossip::MessageType::module);

}  // namespace

std::array<std::uint8_t, 48> content_of(const Hello& hello) {
    std::array<std::uint8_t, content_size> content;
    auto to = std::copy(hello.nonce.begin(), hello.nonce.end(), content.begin());
    for (const KeyId& id : hello.accepted) to = std::copy(id.begin(), id.end(), to);
    return content;
}

Frame to_frame(const Hello& hello) {
    Frame frame(frame_size);
    const std::span out(frame);
    write_number(out, 0, layout::signature);
    write_number(out, layout::length_at, static_cast<std::uint32_t>(frame_size));
    write_number(out, layout::version_at, layout::version);
    write_number(out, layout::type_at, module_type);
    write_number(out, layout::mark_at, layout::mark);
    write_number(out, layout::mark_version_at, layout::mark_version);
    write_number(out, gossip::header_size, module_number);
    write_number(out, module_length_at, static_cast<std::uint32_t>(content_size));
    const auto content = content_of(hello);
    std::copy(content.begin(), content.end(), frame.begin() + content_at);
    return frame;
}

std::optional<Hello> read_hello(Bytes frame) {
    const bool fits = frame.size() == frame_size &&
                      read_number<std::uint16_t>(frame, layout::type_at) == module_type &&
                      read_number<std::uint32_t>(frame, layout::mark_at) == layout::mark &&
                      read_number<std::uint64_t>(frame, gossip::header_size) == module_number;
    if (!fits) return {};
    Hello hello;
    Bytes content = frame.subspan(content_at);
    std::copy_n(content.begin(), hello.nonce.size(), hello.nonce.begin());
    content = content.subspan(hello.nonce.size());
    for (KeyId& id : hello.accepted) {
        std::copy_n(content.begin(), id.size(), id.begin());
        content = content.subspan(id.size());
    }
    return hello;
}

}  // namespace grapevine::node::bus
