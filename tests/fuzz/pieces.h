// The same bytes as a network may deliver them: in pieces, whose sizes a fuzzer chooses.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::fuzz {

// Cuts `text`; the bytes of `cuts` are the sizes, over and over. Without any, byte by byte.
inline std::vector<std::string_view> pieces(std::string_view text, std::string_view cuts) {
    std::vector<std::string_view> all;
    for (std::size_t i = 0; !text.empty(); ++i) {
        const auto wish = cuts.empty() ? 1 : static_cast<std::uint8_t>(cuts[i % cuts.size()]) + 1u;
        all.push_back(text.substr(0, std::min<std::size_t>(wish, text.size())));
        text.remove_prefix(all.back().size());
    }
    return all;
}

// What has arrived and was not understood yet. It lies somewhere else after each piece, and its
// memory ends where it ends, so that a sanitizer sees who goes on using the old place.
class Arrived {
public:
    void append(std::string_view piece) {
        std::vector<char> grown(bytes_);
        grown.insert(grown.end(), piece.begin(), piece.end());
        grown.shrink_to_fit();
        bytes_ = std::move(grown);
    }
    void drop(std::size_t size) {
        bytes_ =
            std::vector<char>(bytes_.begin() + static_cast<std::ptrdiff_t>(size), bytes_.end());
    }
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;
};

}  // namespace grapevine::fuzz
