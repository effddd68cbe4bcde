#include "node/store/lzf.h"

#include <cstdint>

namespace grapevine::node::store {
namespace {

constexpr std::size_t longest_copy = 264;  // From three bytes: nothing grows more than 88 times.
constexpr std::size_t shortest_reference = 3;

// Appends `size` bytes from `distance` bytes back; they may overlap with what is appended.
bool copy_back(std::string& out, std::size_t distance, std::size_t size) {
    if (distance > out.size()) return false;
    for (std::size_t from = out.size() - distance; size > 0; --size) out.push_back(out[from++]);
    return true;
}

}  // namespace

std::optional<std::string> lzf_decompress(std::string_view in, std::size_t size) {
    if (size / longest_copy > in.size() / shortest_reference + 1) return {};
    std::string out;
    out.reserve(size);
    std::size_t at = 0;
    const auto next = [&] {
        return at < in.size() ? static_cast<std::uint8_t>(in[at++]) : std::uint8_t{0};
    };

    while (at < in.size() && out.size() <= size) {
        const std::uint8_t control = next();
        if (control < 32) {  // So many bytes and one more follow as they are.
            const std::size_t run = control + std::size_t{1};
            if (run > in.size() - at) return {};
            out.append(in.substr(at, run));
            at += run;
            continue;
        }
        if (in.size() - at < (control >> 5 == 7 ? 2u : 1u)) return {};
        std::size_t length = (control >> 5) + std::size_t{2};
        if (control >> 5 == 7) length += next();
        const std::size_t distance = (static_cast<std::size_t>(control & 31) << 8 | next()) + 1;
        if (!copy_back(out, distance, length)) return {};
    }
    if (at != in.size() || out.size() != size) return {};
    return out;
}

}  // namespace grapevine::node::store
