// Who a node is, and where it can be reached.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::slots {

// 40 lowercase hexadecimal digits, as nodes and shards are named on the bus and towards clients.
// The tag only keeps node and shard names from being mixed up. Default: none (all zero bytes).
template <typename Tag>
class HexId {
public:
    static constexpr std::size_t size = 40;

    HexId() = default;
    // Nothing unless `text` is 40 digits out of 0-9 a-f.
    static std::optional<HexId> parse(std::string_view text) {
        if (text.size() != size) return {};
        HexId id;
        for (std::size_t i = 0; i < size; ++i) {
            const char c = text[i];
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
            id.digits_[i] = c;
        }
        return id;
    }

    bool none() const { return digits_[0] == 0; }
    // Empty when none().
    std::string_view text() const {
        return none() ? std::string_view{} : std::string_view{digits_.data(), size};
    }
    bool operator==(const HexId& other) const {
        return std::memcmp(digits_.data(), other.digits_.data(), size) == 0;
    }
    std::strong_ordering operator<=>(const HexId& other) const {
        return std::memcmp(digits_.data(), other.digits_.data(), size) <=> 0;
    }

private:
    std::array<char, size> digits_{};
};

using NodeId = HexId<struct NodeTag>;
using ShardId = HexId<struct ShardTag>;

// Where clients reach a node. IPv6 addresses are written without brackets, as Redis does.
struct Endpoint {
    std::string host;        // An IP address or, when announced so, a host name. Empty: not known.
    std::uint16_t port = 0;  // For clients.
    std::uint16_t bus_port = 0;
    bool operator==(const Endpoint&) const = default;
};

// "host:port"
std::string to_string(const Endpoint& endpoint);

}  // namespace grapevine::slots
