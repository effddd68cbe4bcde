#include "node/session/client_list.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "node/io/socket.h"
#include "node/session/dispatcher.h"

namespace grapevine::node::session {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

Result<std::string> parse_type(std::string_view text) {
    constexpr std::array known{"normal", "master", "replica", "slave", "pubsub"};
    for (const std::string_view type : known) {
        if (same_name(type, text)) return std::string(type == "slave" ? "replica" : type);
    }
    return Error{"ERR Unknown client type '" + std::string(text) + "'"};
}

std::string flags_of(const Session& session) {
    std::string flags;
    if (session.in_transaction()) flags += 'x';
    if (session.closing()) flags += 'c';
    if (session.waiting()) flags += 'b';
    if (session.manners.read_only) flags += 'r';
    return flags.empty() ? "N" : flags;
}

Result<void> apply(ClientFilter& filter, std::string_view name, std::string_view value) {
    if (same_name(name, "ID")) {
        const auto id = parse_number<std::uint64_t>(value);
        if (!id || *id == 0) return Error{"ERR client-id should be greater than 0"};
        filter.ids.push_back(*id);
    } else if (same_name(name, "TYPE")) {
        auto type = parse_type(value);
        if (!type) return type.error();
        filter.type = *type;
    } else if (same_name(name, "ADDR")) {
        filter.address = value;
    } else if (same_name(name, "LADDR")) {
        filter.local_address = value;
    } else if (same_name(name, "USER")) {
        if (value != "default") return Error{"ERR No such user '" + std::string(value) + "'"};
        filter.user = value;
    } else if (same_name(name, "MAXAGE")) {
        filter.older_than_seconds = parse_number<std::int64_t>(value);
        if (!filter.older_than_seconds)
            return Error{"ERR maxage is not an integer or out of range"};
    } else if (same_name(name, "SKIPME") && (same_name(value, "yes") || same_name(value, "no"))) {
        filter.skip_me = same_name(value, "yes");
    } else {
        return Error{"ERR syntax error"};
    }
    return {};
}

}  // namespace

std::string describe(Dispatcher& dispatcher, const Session& session) {
    const auto now = dispatcher.loop().monotonic_us();
    const auto seconds_since = [now](std::int64_t then) {
        return std::to_string((now - then) / 1'000'000);
    };
    const auto* particulars = session.particulars_if_any();
    const auto* transaction = session.transaction_if_any();
    const auto number = [](auto value) { return std::to_string(value); };
    const auto& entries = dispatcher.table().entries();
    std::string line = "id=" + number(session.id());
    const auto add = [&line](std::string_view name, std::string_view value) {
        line.append(" ").append(name).append("=").append(value);
    };
    add("addr", io::to_string(io::peer_address(session.descriptor())));
    add("laddr", io::to_string(io::local_address(session.descriptor())));
    add("fd", number(session.descriptor()));
    add("name", particulars ? particulars->name : "");
    add("age", seconds_since(session.born_us()));
    add("idle", seconds_since(session.last_heard_us()));
    add("flags", flags_of(session));
    add("db", number(session.manners.database));
    add("sub", "0");
    add("psub", "0");
    add("ssub", "0");
    add("multi", session.in_transaction() ? number(transaction->queue.size()) : "-1");
    add("watch", transaction ? number(transaction->watched.size()) : "0");
    add("qbuf", number(session.input_bytes()));
    add("omem", number(session.output_bytes()));
    add("events", "r");
    add("cmd",
        session.last_entry() < entries.size() ? entries[session.last_entry()].full_name : "NULL");
    add("user", "default");
    add("redir", "-1");
    add("resp", session.manners.version == client::resp::Version::resp3 ? "3" : "2");
    add("lib-name", particulars ? particulars->library_name : "");
    add("lib-ver", particulars ? particulars->library_version : "");
    return line;
}

std::string describe(const NodeLink& link) {
    return "id=" + std::to_string(link.id) + " addr=" + link.address +
           " laddr=" + link.local_address + " fd=-1 name= age=" + std::to_string(link.age_seconds) +
           " idle=" + std::to_string(link.idle_seconds) +
           " flags=" + (link.to_primary ? "M" : "S") +
           " db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=0 omem=0 events=r cmd=" +
           (link.to_primary ? "NULL" : "psync") +
           " user=default redir=-1 resp=2 lib-name= lib-ver=";
}

ClientFilter ClientFilter::by_address(std::string_view address) {
    ClientFilter filter;
    filter.address = address;
    return filter;
}

bool ClientFilter::matches(const Dispatcher& dispatcher, const Session& session) const {
    if (skip_me && session.id() == me) return false;
    if (!ids.empty() && std::find(ids.begin(), ids.end(), session.id()) == ids.end()) return false;
    if (!type.empty() && type != "normal") return false;  // Replicas have left the workers.
    if (!address.empty() && io::to_string(io::peer_address(session.descriptor())) != address)
        return false;
    if (!local_address.empty() &&
        io::to_string(io::local_address(session.descriptor())) != local_address) {
        return false;
    }
    const auto age_us =
        const_cast<Dispatcher&>(dispatcher).loop().monotonic_us() - session.born_us();
    return !older_than_seconds || age_us >= *older_than_seconds * 1'000'000;
}

bool ClientFilter::matches(const NodeLink& link) const {
    if (!ids.empty() && std::find(ids.begin(), ids.end(), link.id) == ids.end()) return false;
    if (!type.empty() && type != (link.to_primary ? "master" : "replica")) return false;
    if (!address.empty() && link.address != address) return false;
    if (!local_address.empty() && link.local_address != local_address) return false;
    return !older_than_seconds || link.age_seconds >= *older_than_seconds;
}

Result<ClientFilter> parse_list_filter(std::span<const std::string_view> args) {
    ClientFilter filter;
    if (args.empty()) return filter;
    const bool several_ids = same_name(args[0], "ID") && args.size() >= 2;
    if (!several_ids && !(same_name(args[0], "TYPE") && args.size() == 2))
        return Error{"ERR syntax error"};
    for (const auto value : args.subspan(1)) {
        if (several_ids && !parse_number<std::uint64_t>(value))
            return Error{"ERR Invalid client ID"};
        if (auto done = apply(filter, args[0], value); !done) return done.error();
    }
    return filter;
}

Result<ClientFilter> parse_kill_filter(std::span<const std::string_view> args) {
    ClientFilter filter;
    filter.skip_me = true;
    if (args.size() % 2 != 0) return Error{"ERR syntax error"};
    for (std::size_t at = 0; at < args.size(); at += 2) {
        if (auto done = apply(filter, args[at], args[at + 1]); !done) return done.error();
    }
    return filter;
}

}  // namespace grapevine::node::session
