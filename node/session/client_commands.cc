// CLIENT: what connections say about themselves, and what is known of them.
#include <array>
#include <charconv>
#include <memory>

#include "node/session/client_list.h"
#include "node/session/dispatcher.h"
#include "node/session/families.h"
#include "node/session/gather.h"

namespace grapevine::node::session {
namespace {

using commands::Command;

bool printable(std::string_view text) {
    for (const char c : text) {
        if (c < '!' || c > '~') return false;
    }
    return true;
}

Result<void> id(Talk& talk) {
    talk.reply.integer(static_cast<std::int64_t>(talk.session.id()));
    return {};
}

Result<void> get_name(Talk& talk) {
    const auto* particulars = talk.session.particulars_if_any();
    if (particulars == nullptr || particulars->name.empty()) {
        talk.reply.null();
    } else {
        talk.reply.bulk(particulars->name);
    }
    return {};
}

Result<void> set_name_command(Talk& talk) {
    auto done = set_name(talk.session, talk.args[2]);
    if (done) talk.reply.ok();
    return done;
}

// CLIENT SETINFO LIB-NAME|LIB-VER value
Result<void> set_info(Talk& talk) {
    const auto what = talk.args[2];
    const bool name = same_name(what, "LIB-NAME");
    if (!name && !same_name(what, "LIB-VER")) {
        return Error{"ERR Unrecognized option '" + std::string(what) + "'"};
    }
    if (!printable(talk.args[3])) {
        return Error{"ERR " + std::string(name ? "lib-name" : "lib-ver") +
                     " cannot contain spaces, newlines or special characters."};
    }
    auto& particulars = talk.session.particulars();
    (name ? particulars.library_name : particulars.library_version) = talk.args[3];
    talk.reply.ok();
    return {};
}

// CLIENT REPLY ON|OFF|SKIP
Result<void> reply_mode(Talk& talk) {
    auto& manners = talk.session.manners;
    if (same_name(talk.args[2], "ON")) {
        manners.silent = manners.silent_now = false;  // This reply is wanted already.
        talk.reply.ok();
    } else if (same_name(talk.args[2], "OFF")) {
        manners.silent = true;
    } else if (same_name(talk.args[2], "SKIP")) {
        manners.silent_next = !manners.silent;
    } else {
        return Error{"ERR syntax error"};
    }
    return {};
}

Result<void> info(Talk& talk) {
    talk.reply.verbatim(describe(talk.dispatcher, talk.session) + '\n');
    return {};
}

std::vector<NodeLink> links_that(const ClientFilter& filter, Host& host) {
    auto links = host.links();
    std::erase_if(links, [&](const NodeLink& link) { return !filter.matches(link); });
    return links;
}

// CLIENT LIST [TYPE type] [ID id ...]: gathered from all workers.
Result<void> list(Talk& talk) {
    const auto filter = parse_list_filter(talk.args.subspan(2));
    if (!filter) return filter.error();
    std::string of_links;
    for (const auto& link : links_that(*filter, talk.dispatcher.host()))
        of_links += describe(link) + '\n';
    on_every_worker(
        talk,
        [filter = *filter](Dispatcher& dispatcher) {
            std::string lines;
            dispatcher.for_each([&](Session& session) {
                if (filter.matches(dispatcher, session))
                    lines += describe(dispatcher, session) + '\n';
            });
            return lines;
        },
        [of_links](const std::vector<std::string>& parts, client::resp::Writer& reply) {
            std::string lines;
            for (const auto& part : parts) lines += part;
            reply.verbatim(lines + of_links);
        });
    return {};
}

// CLIENT KILL addr, or CLIENT KILL filter value ...
Result<void> kill(Talk& talk) {
    const bool old_form = talk.args.size() == 3;
    auto filter = old_form ? Result<ClientFilter>(ClientFilter::by_address(talk.args[2]))
                           : parse_kill_filter(talk.args.subspan(2));
    if (!filter) return filter.error();
    if (filter->skip_me) filter->me = talk.session.id();
    auto& host = talk.dispatcher.host();
    const auto links = links_that(*filter, host);
    for (const auto& link : links) host.cut(link);
    on_every_worker(
        talk,
        [filter = *filter, caller = talk.session.id()](Dispatcher& dispatcher) {
            std::size_t killed = 0;
            dispatcher.for_each([&](Session& session) {
                if (!filter.matches(dispatcher, session)) return;
                ++killed;
                session.id() == caller ? session.close_when_sent() : session.close();
            });
            return std::to_string(killed);
        },
        [old_form, cut = links.size()](const std::vector<std::string>& parts,
                                       client::resp::Writer& reply) {
            auto killed = static_cast<std::int64_t>(cut);
            for (const auto& part : parts) killed += std::stoll(part);
            if (!old_form) return reply.integer(killed);
            killed > 0 ? reply.ok() : reply.error(Error{"ERR No such client"});
        });
    return {};
}

Result<void> help(Talk& talk) {
    constexpr std::array lines{
        "CLIENT <subcommand> [<arg> [value] ...]. Subcommands are:",
        "GETNAME",
        "    The name of this connection.",
        "ID",
        "    The number of this connection.",
        "INFO",
        "    What CLIENT LIST says about this connection.",
        "KILL <ip:port> | <filter> <value> ...",
        "    Closes connections. Filters: ADDR, LADDR, ID, TYPE, USER, SKIPME, MAXAGE.",
        "LIST [TYPE <type>] [ID <id> ...]",
        "    All connections, a line each.",
        "REPLY ON|OFF|SKIP",
        "    Whether this connection wants replies.",
        "SETINFO LIB-NAME|LIB-VER <value>",
        "    Names the client library of this connection.",
        "SETNAME <name>",
        "    Names this connection.",
        "HELP",
        "    This text.",
    };
    talk.reply.array(lines.size());
    for (const auto* line : lines) talk.reply.simple(line);
    return {};
}

using namespace commands;
constexpr std::uint32_t anytime = no_script | loading_ok | stale_ok;

constinit const std::array subcommands{
    Command{.name = "ID",
            .converse = id,
            .arity = 2,
            .flags = anytime,
            .group = "connection",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "The number of this connection."},
    Command{.name = "GETNAME",
            .converse = get_name,
            .arity = 2,
            .flags = anytime,
            .group = "connection",
            .since = "2.6.9",
            .complexity = "O(1)",
            .summary = "The name of this connection."},
    Command{.name = "SETNAME",
            .converse = set_name_command,
            .arity = 3,
            .flags = anytime,
            .group = "connection",
            .since = "2.6.9",
            .complexity = "O(1)",
            .summary = "Names this connection."},
    Command{.name = "SETINFO",
            .converse = set_info,
            .arity = 4,
            .flags = anytime,
            .group = "connection",
            .since = "7.2.0",
            .complexity = "O(1)",
            .summary = "Names the client library of this connection."},
    Command{.name = "REPLY",
            .converse = reply_mode,
            .arity = 3,
            .flags = anytime,
            .group = "connection",
            .since = "3.2.0",
            .complexity = "O(1)",
            .summary = "Says whether this connection wants replies."},
    Command{.name = "INFO",
            .converse = info,
            .arity = 2,
            .flags = anytime,
            .group = "connection",
            .since = "6.2.0",
            .complexity = "O(1)",
            .summary = "What is known of this connection."},
    Command{.name = "LIST",
            .converse = list,
            .arity = -2,
            .flags = anytime | admin_only,
            .group = "connection",
            .since = "2.4.0",
            .complexity = "O(N) where N is the number of client connections",
            .summary = "What is known of all connections."},
    Command{.name = "KILL",
            .converse = kill,
            .arity = -3,
            .flags = anytime | admin_only,
            .group = "connection",
            .since = "2.4.0",
            .complexity = "O(N) where N is the number of client connections",
            .summary = "Closes connections."},
    Command{.name = "HELP",
            .converse = help,
            .arity = 2,
            .flags = loading_ok | stale_ok,
            .group = "connection",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "What CLIENT can be asked."},
};

constinit const std::array rows{
    Command{.name = "CLIENT",
            .arity = -2,
            .group = "connection",
            .since = "2.4.0",
            .complexity = "Depends on subcommand.",
            .summary = "Connections.",
            .subcommands = subcommands},
};

}  // namespace

Result<void> set_name(Session& session, std::string_view name) {
    if (!printable(name)) {
        return Error{"ERR Client names cannot contain spaces, newlines or special characters."};
    }
    session.particulars().name = name;
    return {};
}

std::span<const Command> client_commands() {
    return rows;
}

}  // namespace grapevine::node::session
