#include "node/config/network.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace grapevine::node::config {
namespace {

constexpr std::array<std::uint8_t, 12> before_ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned bits_before_ipv4 = 96;
constexpr unsigned all_bits = 128;

using Bytes = std::vector<std::uint8_t>;

// At most `digits` digits and nothing else.
std::optional<unsigned> parse_part(std::string_view text, int base, std::size_t digits) {
    unsigned number = 0;
    if (text.empty() || text.size() > digits) return {};
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, base);
    if (error != std::errc() || stop != end) return {};
    return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == text.npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::optional<Bytes> parse_ipv4(std::string_view text) {
    Bytes bytes;
    for (const std::string_view part : split(text, '.')) {
        const auto number = parse_part(part, 10, 3);
        if (!number || *number > 255) return {};
        bytes.push_back(static_cast<std::uint8_t>(*number));
    }
    if (bytes.size() != 4) return {};
    return bytes;
}

// "fd00:1:2", "ffff:10.0.0.7": groups on one side of "::". An empty text has none. IPv4 may stand
// at the end of an address only.
std::optional<Bytes> parse_groups(std::string_view text, bool is_end) {
    Bytes bytes;
    if (text.empty()) return bytes;
    const auto parts = split(text, ':');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (is_end && i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
            const auto tail = parse_ipv4(parts[i]);
            if (!tail) return {};
            bytes.insert(bytes.end(), tail->begin(), tail->end());
            continue;
        }
        const auto group = parse_part(parts[i], 16, 4);
        if (!group) return {};
        bytes.push_back(static_cast<std::uint8_t>(*group >> 8));
        bytes.push_back(static_cast<std::uint8_t>(*group & 0xff));
    }
    return bytes;
}

std::optional<IpAddress> parse_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    const bool whole = gap == text.npos;
    const auto head = parse_groups(text.substr(0, gap), whole);
    const auto tail = parse_groups(whole ? std::string_view{} : text.substr(gap + 2), true);
    IpAddress address{};
    if (!head || !tail) return {};
    const std::size_t size = head->size() + tail->size();
    if (whole ? size != address.size() : size > address.size() - 2) return {};
    std::copy(head->begin(), head->end(), address.begin());
    std::copy_backward(tail->begin(), tail->end(), address.end());
    return address;
}

}  // namespace

std::optional<IpAddress> parse_address(std::string_view text) {
    if (text.find(':') != text.npos) return parse_ipv6(text);
    const auto bytes = parse_ipv4(text);
    if (!bytes) return {};
    IpAddress address{};
    std::copy(before_ipv4.begin(), before_ipv4.end(), address.begin());
    std::copy_backward(bytes->begin(), bytes->end(), address.end());
    return address;
}

bool Network::contains(const IpAddress& address) const {
    const std::size_t whole = prefix / 8;
    if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.begin())) {
        return false;
    }
    if (prefix % 8 == 0) return true;
    const unsigned rest = 8 - prefix % 8;
    return first[whole] >> rest == address[whole] >> rest;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return {};
    if (slash == text.npos) return Network{*address, all_bits};
    const bool ipv4 = text.find(':') == text.npos;
    const unsigned before = ipv4 ? bits_before_ipv4 : 0;
    const auto bits = parse_part(text.substr(slash + 1), 10, 3);
    if (!bits || *bits > all_bits - before) return {};
    return Network{*address, before + *bits};
}

}  // namespace grapevine::node::config
