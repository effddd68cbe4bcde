// Where to look for a cluster, as an operator writes it: "host:port", "[::1]:port", and "@busport"
// behind it where the bus is not at port + 10000.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "slots/result.h"

namespace grapevine::node::config {

struct Seed {
    std::string host;  // A name or an IP address, without brackets.
    std::uint16_t port = 0;
    std::uint16_t bus_port = 0;
    auto operator<=>(const Seed&) const = default;
};

// The error says what is wrong with `text`, and what would be right.
Result<Seed> parse_seed(std::string_view text);

}  // namespace grapevine::node::config
