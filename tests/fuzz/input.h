// A fuzzer's bytes, taken from the front: choices first, then what is chosen from. When they are
// used up, everything reads as zero.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::fuzz {

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}

    bool empty() const { return bytes_.empty(); }
    std::size_t size() const { return bytes_.size(); }

    std::span<const std::uint8_t> take(std::size_t size) {
        const auto taken = bytes_.first(std::min(size, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }
    std::uint8_t byte() {
        const auto taken = take(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }
    bool coin() { return (byte() & 1) != 0; }
    // Big-endian.
    template <typename Number>
    Number number() {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) value = value << 8 | byte();
        return static_cast<Number>(value);
    }
    // Below `limit`, which is at least 1 and at most 256.
    std::size_t below(std::size_t limit) { return byte() % limit; }

    std::string text(std::size_t size) {
        const auto taken = take(size);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    std::string rest() { return text(bytes_.size()); }

private:
    std::span<const std::uint8_t> bytes_;
};

}  // namespace grapevine::fuzz
