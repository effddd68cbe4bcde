// Who is talking, and how: PING, HELLO, AUTH, SELECT and the like.
#include <array>
#include <charconv>

#include "node/observe/version.h"
#include "node/session/dispatcher.h"
#include "node/session/families.h"
#include "node/session/session.h"
#include "node/session/talk.h"
#include "node/session/unit.h"

namespace grapevine::node::session {
namespace {

using commands::Command;

std::optional<int> parse_int(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

// Takes as long for a wrong guess as for a right one.
bool equal_secret(std::string_view left, std::string_view right) {
    unsigned difference = left.size() == right.size() ? 0 : 1;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference |= static_cast<unsigned char>(left[i]) ^
                      static_cast<unsigned char>(right.empty() ? '\0' : right[i % right.size()]);
    }
    return difference == 0;
}

Result<void> log_in(Talk& talk, std::string_view user, std::string_view password) {
    const auto& expected = talk.dispatcher.settings().requirepass;
    // Without a password the default user may come in with any.
    if (user != "default" || (!expected.empty() && !equal_secret(password, expected))) {
        return Error{"WRONGPASS invalid username-password pair or user is disabled."};
    }
    talk.session.manners.authenticated = true;
    talk.session.apply_limits();
    return {};
}

Result<void> ping(Talk& talk) {
    if (talk.args.size() > 2) return Error{"ERR wrong number of arguments for 'ping' command"};
    if (talk.args.size() == 2) {
        talk.reply.bulk(talk.args[1]);
    } else {
        talk.reply.simple("PONG");
    }
    return {};
}

Result<void> echo(Talk& talk) {
    talk.reply.bulk(talk.args[1]);
    return {};
}

// AUTH [user] password
Result<void> auth(Talk& talk) {
    if (talk.args.size() > 3) return Error{"ERR syntax error"};
    const bool named = talk.args.size() == 3;
    if (!named && talk.dispatcher.settings().requirepass.empty()) {
        return Error{
            "ERR AUTH <password> called without any password configured for the default user. Are "
            "you sure "
            "your configuration is correct?"};
    }
    const auto done = log_in(talk, named ? talk.args[1] : "default", talk.args.back());
    if (done) talk.reply.ok();
    return done;
}

void describe_server(Talk& talk) {
    auto& reply = talk.reply;
    const bool cluster = talk.dispatcher.settings().cluster_enabled;
    reply.map(7);
    reply.bulk("server");
    reply.bulk("redis");  // Clients switch on it.
    reply.bulk("version");
    reply.bulk(observe::redis_version);
    reply.bulk("proto");
    reply.integer(reply.version() == client::resp::Version::resp3 ? 3 : 2);
    reply.bulk("id");
    reply.integer(static_cast<std::int64_t>(talk.session.id()));
    reply.bulk("mode");
    reply.bulk(cluster ? "cluster" : "standalone");
    reply.bulk("role");
    reply.bulk(talk.dispatcher.keeper().replica() ? "replica" : "master");
    reply.bulk("modules");
    reply.array(0);
}

struct Greeting {
    client::resp::Version version;
    std::string_view user;
    std::string_view password;
    bool log_in = false;
    std::optional<std::string_view> name;
};

Result<Greeting> parse_greeting(const Talk& talk) {
    Greeting greeting{talk.session.manners.version, {}, {}, false, {}};
    const auto args = talk.args;
    if (args.size() == 1) return greeting;
    const auto version = parse_int(args[1]);
    if (!version) return Error{"ERR Protocol version is not an integer or out of range"};
    if (*version < 2 || *version > 3) return Error{"NOPROTO unsupported protocol version"};
    greeting.version = *version == 3 ? client::resp::Version::resp3 : client::resp::Version::resp2;
    for (std::size_t at = 2; at < args.size();) {
        if (same_name(args[at], "AUTH") && at + 2 < args.size()) {
            greeting.log_in = true;
            greeting.user = args[at + 1];
            greeting.password = args[at + 2];
            at += 3;
        } else if (same_name(args[at], "SETNAME") && at + 1 < args.size()) {
            greeting.name = args[at + 1];
            at += 2;
        } else {
            return Error{"ERR Syntax error in HELLO option '" + std::string(args[at]) + "'"};
        }
    }
    return greeting;
}

// HELLO [version [AUTH user password] [SETNAME name]]
Result<void> hello(Talk& talk) {
    const auto greeting = parse_greeting(talk);
    if (!greeting) return greeting.error();
    if (greeting->log_in) {
        if (auto done = log_in(talk, greeting->user, greeting->password); !done) return done;
    }
    if (!talk.session.manners.authenticated) {
        return Error{
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
            "HELLO <proto> AUTH "
            "<user> <pass> option can be used to authenticate the client and select the RESP "
            "protocol version at "
            "the same time"};
    }
    if (greeting->name) {
        if (auto named = set_name(talk.session, *greeting->name); !named) return named;
    }
    talk.session.manners.version = greeting->version;
    talk.reply.set_version(greeting->version);
    describe_server(talk);
    return {};
}

Result<void> select(Talk& talk) {
    const auto database = parse_int(talk.args[1]);
    if (!database) return Error{"ERR value is not an integer or out of range"};
    if (talk.dispatcher.settings().cluster_enabled && *database != 0) {
        return Error{"ERR SELECT is not allowed in cluster mode"};
    }
    if (*database < 0 || *database >= static_cast<int>(talk.dispatcher.settings().databases)) {
        return Error{"ERR DB index is out of range"};
    }
    talk.session.manners.database = *database;
    talk.reply.ok();
    return {};
}

Result<void> quit(Talk& talk) {
    talk.reply.ok();
    talk.session.close_when_sent();
    return {};
}

Result<void> reset(Talk& talk) {
    discard_transaction(talk.dispatcher, talk.session);
    talk.session.manners = Manners{};
    talk.session.manners.authenticated = talk.dispatcher.settings().requirepass.empty();
    talk.session.apply_limits();
    if (talk.session.particulars_if_any() != nullptr) talk.session.particulars().name.clear();
    talk.reply.set_version(client::resp::Version::resp2);
    talk.reply.simple("RESET");
    return {};
}

Result<void> require_cluster(const Talk& talk) {
    if (talk.dispatcher.settings().cluster_enabled) return {};
    return Error{"ERR This instance has cluster support disabled"};
}

Result<void> asking(Talk& talk) {
    if (auto allowed = require_cluster(talk); !allowed) return allowed;
    talk.session.manners.asking = true;
    talk.reply.ok();
    return {};
}

Result<void> read_only(Talk& talk) {
    if (auto allowed = require_cluster(talk); !allowed) return allowed;
    talk.session.manners.read_only = true;
    talk.reply.ok();
    return {};
}

Result<void> read_write(Talk& talk) {
    if (auto allowed = require_cluster(talk); !allowed) return allowed;
    talk.session.manners.read_only = false;
    talk.reply.ok();
    return {};
}

using namespace commands;
constexpr std::uint32_t anytime = no_script | loading_ok | stale_ok | fast;

constinit const std::array rows{
    Command{.name = "PING",
            .converse = ping,
            .arity = -1,
            .flags = fast | loading_ok | stale_ok,
            .group = "connection",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Answers PONG, or the message."},
    Command{.name = "ECHO",
            .converse = echo,
            .arity = 2,
            .flags = fast | loading_ok | stale_ok,
            .group = "connection",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Answers the message."},
    Command{.name = "AUTH",
            .converse = auth,
            .arity = -2,
            .flags = anytime | no_auth,
            .group = "connection",
            .since = "1.0.0",
            .complexity = "O(N) where N is the number of passwords defined for the user",
            .summary = "Logs the connection in."},
    Command{.name = "HELLO",
            .converse = hello,
            .arity = -1,
            .flags = anytime | no_auth,
            .group = "connection",
            .since = "6.0.0",
            .complexity = "O(1)",
            .summary = "Agrees on the protocol version; tells what the server is."},
    Command{.name = "SELECT",
            .converse = select,
            .arity = 2,
            .flags = loading_ok | stale_ok | fast,
            .group = "connection",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Chooses the connection's database."},
    Command{.name = "QUIT",
            .converse = quit,
            .arity = -1,
            .flags = anytime | no_auth | shapes_transaction,
            .group = "connection",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Closes the connection."},
    Command{.name = "RESET",
            .converse = reset,
            .arity = 1,
            .flags = anytime | no_auth | shapes_transaction,
            .group = "connection",
            .since = "6.2.0",
            .complexity = "O(1)",
            .summary = "Makes the connection as it was when it was opened."},
    Command{.name = "ASKING",
            .converse = asking,
            .arity = 1,
            .flags = fast,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Lets the next request follow an ASK redirection."},
    Command{.name = "READONLY",
            .converse = read_only,
            .arity = 1,
            .flags = fast | loading_ok | stale_ok,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Lets a replica answer this connection's reads."},
    Command{.name = "READWRITE",
            .converse = read_write,
            .arity = 1,
            .flags = fast | loading_ok | stale_ok,
            .group = "cluster",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Ends READONLY."},
};

}  // namespace

std::span<const Command> conversation_commands() {
    return rows;
}

}  // namespace grapevine::node::session
