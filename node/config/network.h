// IP addresses and ranges of them, as an operator writes them. By hand, as this room is pure and
// the system's inet_pton is not of the standard library.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace grapevine::node::config {

// 16 bytes; an IPv4 address is ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

// "10.0.0.7", "fd00::7", "::ffff:10.0.0.7". Nothing for names, ports, zones and all else.
std::optional<IpAddress> parse_address(std::string_view text);

struct Network {
    IpAddress first{};
    unsigned prefix = 128;  // Bits that all its addresses share.
    bool contains(const IpAddress& address) const;
    bool operator==(const Network&) const = default;
};

// "10.0.0.7" is a network of one; "10.0.0.0/8", "fd00::/8"; "::/0" holds IPv4 as well.
std::optional<Network> parse_network(std::string_view text);

}  // namespace grapevine::node::config
