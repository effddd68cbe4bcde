// Frames of the cluster bus, from anybody who can reach the port.
//
// - decode() is total, and reads nothing beyond the frame.
// - decode(encode(x)) is x for whatever decodes, and what is encoded twice is the same.
// - A frame that says it is longer or shorter than it is gets refused.
// - Unpacker::unpack() is total, too, and gives back what was packed.
#include <cstring>
#include <vector>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"
#include "gossip/packing.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

using Frame = std::vector<std::uint8_t>;

// 2048 bytes of slots out of 16: a fuzzer should not have to invent so many.
void append_slots(Frame& frame, fuzz::Input& input) {
    const auto pattern = input.take(16);
    for (std::size_t i = 0; i < layout::bitmap_size; ++i) {
        frame.push_back(pattern.empty() ? std::uint8_t{0} : pattern[i % pattern.size()]);
    }
}

void append(Frame& frame, fuzz::Input& input, std::size_t size) {
    const auto taken = input.take(size);
    frame.insert(frame.end(), taken.begin(), taken.end());
    frame.resize(frame.size() + size - taken.size());
}

void set_length(Frame& frame, std::size_t length) {
    write_number(std::span(frame), layout::length_at, static_cast<std::uint32_t>(length));
}

// A frame whose signature, version and length are right, whatever else is not.
Frame whole_frame(fuzz::Input& input) {
    Frame frame;
    append(frame, input, layout::slots_at);
    append_slots(frame, input);
    append(frame, input, header_size - frame.size());
    const auto type = read_number<std::uint16_t>(frame, layout::type_at);
    if (type == static_cast<std::uint16_t>(MessageType::update)) {
        append(frame, input, layout::update_size - layout::bitmap_size);
        append_slots(frame, input);
    }
    append(frame, input, input.size());
    write_number(std::span(frame), 0, layout::signature);
    write_number(std::span(frame), layout::version_at, layout::version);
    set_length(frame, frame.size());
    return frame;
}

void check_length(const Frame& frame) {
    const auto whole = frame_length(frame);
    const auto start = frame_length(std::span(frame).first(std::min(frame.size(), frame_prefix)));
    GRAPEVINE_CHECK(
        static_cast<bool>(whole) == static_cast<bool>(start) && (!whole || *whole == *start),
        "a frame's first bytes say how long it is");
    GRAPEVINE_CHECK(!whole || !*whole || (**whole >= header_size && **whole <= frame_limit),
                    "a length lies within its limits");
}

void check_lies(Frame frame) {
    const std::size_t size = frame.size();
    for (const std::size_t lie : {size - 1, size + 1, size * 2}) {
        set_length(frame, lie);
        GRAPEVINE_CHECK(!decode(frame), "a length that lies is refused");
    }
    set_length(frame, size);
    frame.pop_back();
    GRAPEVINE_CHECK(!decode(Frame(frame)), "a frame that was cut is refused");
}

void check_frame(const Frame& frame) {
    check_length(frame);
    const auto message = decode(frame);
    if (!message) return;
    const Frame again = encode(*message);
    const auto read_again = decode(again);
    GRAPEVINE_CHECK(read_again && *read_again == *message, "what decodes survives encoding");
    GRAPEVINE_CHECK(encode(*read_again) == again, "a message has one encoding");
    check_lies(frame);
}

// As a packed frame that came after another one.
void check_unpacking(const Frame& bytes, const Frame& before) {
    Unpacker unpacker;
    (void)unpacker.unpack(before);
    Frame frame(layout::unpacked_length_at + 4);
    frame.insert(frame.end(), bytes.begin(), bytes.end());
    write_number(std::span(frame), 0, layout::packed_signature);
    set_length(frame, frame.size());
    write_number(std::span(frame), layout::unpacked_length_at,
                 static_cast<std::uint32_t>(before.size()));
    const auto unpacked = unpacker.unpack(frame);
    GRAPEVINE_CHECK(!unpacked || unpacked->size() == before.size(),
                    "a frame has the length that it was said to have");
}

void check_packing(const Frame& first, const Frame& second) {
    Packer packer;
    Unpacker unpacker;
    for (const Frame* frame : {&first, &second, &first}) {
        const auto back = unpacker.unpack(packer.pack(*frame, true));
        GRAPEVINE_CHECK(back && *back == *frame, "what was packed comes back");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_frame(Frame(data, data + size));
    fuzz::Input input(data, size);
    const Frame frame = whole_frame(input);
    check_frame(Frame(frame.begin(), frame.end()));  // Its memory ends where it ends.
    Frame other = frame;
    for (std::size_t i = 16; i < std::min(other.size(), size); ++i) other[i] ^= data[i];
    check_packing(frame, other);
    check_unpacking(Frame(data, data + size), frame);
    return 0;
}
