// Lines of CLIENT LIST, and the filters of LIST and KILL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "slots/result.h"

namespace grapevine::node::session {

class Dispatcher;
class Session;

// "id=3 addr=127.0.0.1:40000 ...", the fields of Redis 7.2, without a line break.
std::string describe(Dispatcher& dispatcher, const Session& session);

// A connection that belongs to no session: a replica's, or the one to this node's primary.
struct NodeLink {
    std::uint64_t id = 0;     // As CLIENT LIST shows it; 0 for the one to the primary.
    bool to_primary = false;  // Its type is "master"; a replica's is "replica".
    std::string address;      // "127.0.0.1:6379"
    std::string local_address;
    std::int64_t age_seconds = 0;
    std::int64_t idle_seconds = 0;
};
std::string describe(const NodeLink& link);

struct ClientFilter {
    std::vector<std::uint64_t> ids;  // Empty: any.
    std::string address;             // Of the peer; empty: any.
    std::string local_address;
    std::string type;  // "normal", "replica", ...; empty: any.
    std::string user;
    std::optional<std::int64_t> older_than_seconds;
    bool skip_me = false;
    std::uint64_t me = 0;

    static ClientFilter by_address(std::string_view address);
    bool matches(const Dispatcher& dispatcher, const Session& session) const;
    bool matches(const NodeLink& link) const;
};

Result<ClientFilter> parse_list_filter(std::span<const std::string_view> args);
Result<ClientFilter> parse_kill_filter(std::span<const std::string_view> args);

}  // namespace grapevine::node::session
