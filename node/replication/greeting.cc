#include "node/replication/greeting.h"

#include <algorithm>
#include <array>

#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

const Error not_an_integer{"ERR value is not an integer or out of range"};

using Hear = Result<void> (*)(Greeting&, std::string_view value);

Result<void> hear_port(Greeting& greeting, std::string_view value) {
    const auto port = parse_number<std::uint16_t>(value);
    if (!port) return not_an_integer;
    greeting.port = *port;
    return {};
}

Result<void> hear_address(Greeting& greeting, std::string_view value) {
    constexpr std::size_t longest = 255;
    if (value.size() > longest) {
        return Error{"ERR REPLCONF ip-address provided by replica instance is too long: " +
                     std::to_string(value.size()) + " bytes"};
    }
    greeting.address = value;
    return {};
}

// Capabilities that we do not know are other primaries' business.
Result<void> hear_capability(Greeting& greeting, std::string_view value) {
    if (same_word(value, "eof")) greeting.reads_eof_mark = true;
    if (same_word(value, "psync2")) greeting.reads_new_id = true;
    return {};
}

Result<void> hear_payload_only(Greeting& greeting, std::string_view value) {
    const auto flag = parse_number<int>(value);
    if (!flag) return not_an_integer;
    greeting.payload_only = *flag == 1;
    return {};
}

// A list of what the payload shall hold; Redis 7.0 knows "functions" and, by an empty list, none.
Result<void> hear_filter(Greeting& greeting, std::string_view value) {
    if (!value.empty() && !same_word(value, "functions")) {
        return Error{"ERR Unsupported rdb-filter-only option: " + std::string(value)};
    }
    greeting.wants_data = false;
    return {};
}

Result<void> hear_version(Greeting& greeting, std::string_view value) {
    greeting.version = value.substr(0, 64);
    return {};
}

struct Option {
    std::string_view name;
    Hear hear;
};
constexpr std::array options{
    Option{"listening-port", hear_port},    Option{"ip-address", hear_address},
    Option{"capa", hear_capability},        Option{"rdb-only", hear_payload_only},
    Option{"rdb-filter-only", hear_filter}, Option{"version", hear_version},
};

}  // namespace

Result<void> hear(Greeting& greeting, std::span<const std::string_view> args) {
    if (args.size() % 2 == 0) return Error{"ERR syntax error"};
    for (std::size_t i = 1; i < args.size(); i += 2) {
        const auto option = std::ranges::find_if(
            options, [&](const Option& known) { return same_word(known.name, args[i]); });
        if (option == options.end()) {
            return Error{"ERR Unrecognized REPLCONF option: " + std::string(args[i])};
        }
        if (auto heard = option->hear(greeting, args[i + 1]); !heard) return heard;
    }
    return {};
}

Result<SyncRequest> parse_sync(std::span<const std::string_view> args) {
    if (args.size() < 3) return SyncRequest{};
    const auto next = parse_number<std::int64_t>(args[2]);
    if (!next) return not_an_integer;
    SyncRequest request{.named = true};
    const auto id = ReplicationId::parse(args[1]);
    if (!id || *next < 1) return request;
    request.id = *id;
    request.offset = static_cast<Offset>(*next) - 1;
    return request;
}

}  // namespace grapevine::node::replication
