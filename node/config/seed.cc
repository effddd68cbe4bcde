#include "node/config/seed.h"

#include <fmt/format.h>
#include <optional>

#include "node/config/network.h"
#include "node/config/shape.h"

namespace grapevine::node::config {
namespace {

constexpr unsigned bus_offset = 10000;
constexpr unsigned highest_port = 65535;

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto number = parse_number(text);
    if (!number || *number < 1 || *number > highest_port) return {};
    return static_cast<std::uint16_t>(*number);
}

// Without its brackets.
Result<std::string> parse_host(std::string_view text) {
    constexpr std::string_view of_names =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    constexpr std::size_t longest_name = 255;
    if (text.empty()) return Error{"the host is missing"};
    if (text.starts_with('[') && text.ends_with(']')) {
        const std::string_view inside = text.substr(1, text.size() - 2);
        if (inside.find(':') != inside.npos && parse_address(inside)) return std::string(inside);
        return Error{fmt::format("'{}' is no IPv6 address", inside)};
    }
    if (text.find(':') != text.npos) return Error{"an IPv6 address belongs into brackets"};
    const bool ipv4 = text.find_first_not_of("0123456789.") == text.npos;
    if (ipv4 && !parse_address(text)) return Error{fmt::format("'{}' is no IPv4 address", text)};
    if (text.size() > longest_name || text.find_first_not_of(of_names) != text.npos) {
        return Error{fmt::format("'{}' is neither a host name nor an IP address", text)};
    }
    return std::string(text);
}

Result<std::uint16_t> parse_bus_port(std::optional<std::string_view> text, std::uint16_t port) {
    if (text) {
        if (const auto said = parse_port(*text)) return *said;
        return Error{fmt::format("the bus port '{}' is no number from 1 to 65535", *text)};
    }
    if (port <= highest_port - bus_offset) return static_cast<std::uint16_t>(port + bus_offset);
    return Error{fmt::format("the bus cannot be at port {} + 10000", port)};
}

Result<Seed> parse(std::string_view text) {
    const std::size_t at = text.find('@');
    const std::string_view place = text.substr(0, at);
    const std::size_t colon = place.rfind(':');
    if (colon == place.npos || place.ends_with(']')) return Error{"the port is missing"};
    auto host = parse_host(place.substr(0, colon));
    if (!host) return host.error();
    const auto port = parse_port(place.substr(colon + 1));
    if (!port) {
        return Error{
            fmt::format("the port '{}' is no number from 1 to 65535", place.substr(colon + 1))};
    }
    const auto behind = at == text.npos ? std::nullopt : std::optional(text.substr(at + 1));
    const auto bus_port = parse_bus_port(behind, *port);
    if (!bus_port) return bus_port.error();
    return Seed{*std::move(host), *port, *bus_port};
}

}  // namespace

Result<Seed> parse_seed(std::string_view text) {
    auto seed = parse(text);
    if (seed) return seed;
    return Error{
        fmt::format("'{}': {}; a seed is host:port or [IPv6]:port, with @busport behind it unless "
                    "the bus is at port + 10000",
                    text, seed.error().text)};
}

}  // namespace grapevine::node::config
