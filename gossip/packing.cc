#include "gossip/packing.h"

#include <algorithm>
#include <lz4.h>
#include <string>
#include <utility>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"

namespace grapevine::gossip {
namespace {

using Frame = std::vector<std::uint8_t>;

const char* chars(Bytes bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

int length_of(Bytes bytes) {
    return static_cast<int>(bytes.size());
}

void remember(Frame& before, Bytes frame) {
    const Bytes start = frame.first(std::min(frame.size(), dictionary_limit));
    before.assign(start.begin(), start.end());
}

// Empty: it would not become shorter.
Frame shorter(Bytes frame, Bytes dictionary) {
    Frame packed(frame.size());
    LZ4_stream_t stream;
    LZ4_initStream(&stream, sizeof stream);
    LZ4_loadDict(&stream, chars(dictionary), length_of(dictionary));
    const int room = length_of(frame) - static_cast<int>(packed_header_size);
    auto* out = reinterpret_cast<char*>(packed.data() + packed_header_size);
    const int size =
        LZ4_compress_fast_continue(&stream, chars(frame), out, length_of(frame), room, 1);
    packed.resize(size > 0 ? packed_header_size + static_cast<std::size_t>(size) : 0);
    if (size <= 0) return packed;
    const auto bytes = std::span(packed);
    write_number(bytes, 0, layout::packed_signature);
    write_number(bytes, layout::length_at, static_cast<std::uint32_t>(packed.size()));
    write_number(bytes, layout::unpacked_length_at, static_cast<std::uint32_t>(frame.size()));
    return packed;
}

Error refused(const char* reason) {
    return {std::string("ERR a bus frame is refused: ") + reason};
}

bool is_packed(Bytes received) {
    return received.size() >= frame_prefix &&
           read_number<std::uint32_t>(received, 0) == layout::packed_signature;
}

Result<Frame> unpacked(Bytes packed, Bytes dictionary) {
    if (packed.size() < packed_header_size) return refused("it is cut off");
    const std::size_t size = read_number<std::uint32_t>(packed, layout::unpacked_length_at);
    if (size < header_size || size > packed_limit) return refused("its length is no frame's");
    Frame frame(size);
    const Bytes block = packed.subspan(packed_header_size);
    const int written = LZ4_decompress_safe_usingDict(
        chars(block), reinterpret_cast<char*>(frame.data()), length_of(block), length_of(frame),
        chars(dictionary), length_of(dictionary));
    if (written != length_of(frame)) return refused("it does not follow from the frame before");
    return frame;
}

Result<Frame> whole(Result<Frame> frame) {
    if (!frame) return frame;
    const auto length = frame_length(*frame);
    if (!length) return length.error();
    if (*length != frame->size()) return refused("it is not whole");
    return frame;
}

}  // namespace

Result<std::optional<std::size_t>> received_length(Bytes bytes) {
    if (!is_packed(bytes)) return frame_length(bytes);
    const std::size_t length = read_number<std::uint32_t>(bytes, layout::length_at);
    if (length < packed_header_size || length > packed_limit) {
        return refused("its own length makes no sense");
    }
    return std::optional(length);
}

Frame Packer::pack(Frame frame, bool peer_reads_packed) {
    const bool packable = peer_reads_packed && frame.size() <= packed_limit;
    Frame packed = packable ? shorter(frame, before_) : Frame{};
    remember(before_, frame);
    return packed.empty() ? std::move(frame) : std::move(packed);
}

Result<Frame> Unpacker::unpack(Bytes received) {
    auto frame = whole(is_packed(received) ? unpacked(received, before_)
                                           : Frame(received.begin(), received.end()));
    if (frame) remember(before_, *frame);
    return frame;
}

}  // namespace grapevine::gossip
