// What leaves a machine: the bytes of the bus, and what TCP/IP adds to them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace grapevine::sim {

// An estimate: what is said in one message goes out at once, in as few segments as hold it. A
// receiver acknowledges every second segment and the last one, by a segment without data where it
// has nothing to say: a question is acknowledged by its answer.
struct Traffic {
    static constexpr std::size_t headers = 66;       // Ethernet 14, IPv4 20, TCP 20, timestamps 12.
    static constexpr std::size_t in_segment = 1448;  // Bytes of the bus, at an MTU of 1500.

    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;             // Of the bus.
    std::uint64_t segments = 0;          // That carried them.
    std::uint64_t acknowledgements = 0;  // Segments without any.

    static std::uint64_t segments_of(std::size_t bytes) {
        return (bytes + in_segment - 1) / in_segment;
    }
    void said(std::size_t size) {
        ++messages;
        bytes += size;
        segments += segments_of(size);
    }
    void heard(std::size_t size, bool is_question) {
        acknowledgements += (segments_of(size) + 1) / 2 - (is_question ? 1 : 0);
    }
    std::uint64_t on_the_wire() const { return bytes + headers * (segments + acknowledgements); }

    friend Traffic operator-(Traffic later, const Traffic& earlier) {
        later.messages -= earlier.messages;
        later.bytes -= earlier.bytes;
        later.segments -= earlier.segments;
        later.acknowledgements -= earlier.acknowledgements;
        return later;
    }
};

}  // namespace grapevine::sim
