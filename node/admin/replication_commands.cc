// Whose replica this node is, who replicates it, and how far they are: REPLICAOF, REPLCONF, PSYNC,
// WAIT.
#include <array>
#include <charconv>

#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/bus/bus.h"
#include "node/journal/journal.h"
#include "node/replication/greeting.h"
#include "node/replication/replication.h"

namespace grapevine::node::admin {
namespace {

using commands::Command;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

// The configuration says the same from now on, so that CONFIG REWRITE keeps it.
void remember(Request& request, std::optional<config::PrimaryAddress> primary) {
    request.services.main_loop->post([&services = request.services, primary = std::move(primary)] {
        auto config = *services.current_config();
        config.replicaof = primary;
        services.apply_config(std::move(config));
    });
}

std::function<void()> ok_later(Request& request) {
    return [answer = request.later()] { give_ok(answer); };
}

// REPLICAOF host port | NO ONE
Result<void> replica_of(Request& request) {
    if (request.config().cluster_enabled)
        return Error{"ERR REPLICAOF not allowed in cluster mode."};
    const auto host = request.args()[1];
    const auto port_text = request.args()[2];
    if (session::same_name(host, "NO") && session::same_name(port_text, "ONE")) {
        remember(request, {});
        request.services.replication->promote(ok_later(request));
        return {};
    }
    const auto port = parse_number<std::uint16_t>(port_text);
    if (!port || *port == 0) return Error{"ERR Invalid master port: give a number of 1 to 65535"};
    remember(request, config::PrimaryAddress{std::string(host), *port});
    request.services.replication->follow({std::string(host), *port}, ok_later(request));
    return {};
}

// REPLCONF option value ...: kept until the connection asks for data.
Result<void> replconf(Request& request) {
    const auto args = request.args();
    if (args.size() > 1 && session::same_name(args[1], "ACK"))
        return {};  // No replica yet: nothing to hear.
    replication::Greeting greeting;
    if (auto heard = replication::hear(greeting, args); !heard) return heard;
    auto& said = request.talk.session.particulars().replconf;
    for (std::size_t at = 1; at + 1 < args.size(); at += 2)
        said.emplace_back(args[at], args[at + 1]);
    request.reply().ok();
    return {};
}

Result<replication::Greeting> greeting_of(const session::Session& session) {
    replication::Greeting greeting;
    const auto* particulars = session.particulars_if_any();
    if (particulars == nullptr) return greeting;
    for (const auto& [option, value] : particulars->replconf) {
        const std::array<std::string_view, 3> args{"REPLCONF", option, value};
        if (auto heard = replication::hear(greeting, args); !heard) return heard.error();
    }
    return greeting;
}

// PSYNC id offset | SYNC: the connection leaves the clients and goes to the journal thread.
Result<void> sync(Request& request) {
    const auto asked = replication::parse_sync(request.args());
    if (!asked) return asked.error();
    auto greeting = greeting_of(request.talk.session);
    if (!greeting) return greeting.error();
    greeting->client = request.talk.session.id();
    auto connection = request.talk.session.hand_over();
    if (!connection) return connection.error();
    request.services.replication->take_over(connection->first, std::move(connection->second),
                                            std::move(*greeting), *asked);
    return {};
}

// WAIT replicas timeout-ms -> how many replicas have everything that was done before. Within a
// transaction it does not wait for more than there are.
Result<void> wait(Request& request) {
    if (request.worker().keeper().replica()) {
        return Error{
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 "
            "if a replica "
            "is configured to be writable (which is not the default) writes to replicas are just "
            "local and are "
            "not propagated."};
    }
    const auto replicas = parse_number<std::int32_t>(request.args()[1]);
    if (!replicas) return Error{"ERR value is not an integer or out of range"};
    const auto timeout_ms = parse_number<std::int64_t>(request.args()[2]);
    if (!timeout_ms) return Error{"ERR timeout is not an integer or out of range"};
    if (*timeout_ms < 0) return Error{"ERR timeout is negative"};
    const bool waits = !request.talk.session.running_transaction();
    request.services.journal->wait_for(
        waits ? static_cast<unsigned>(std::max(*replicas, 0)) : 0, *timeout_ms,
        [answer = request.later()](std::optional<unsigned> reached) {
            if (reached) return answer.give(':' + std::to_string(*reached) + "\r\n");
            answer.give(
                Error{"UNBLOCKED force unblock from blocking operation, instance state changed "
                      "(master -> replica?)"});
        });
    return {};
}

using namespace commands;

constinit const std::array rows{
    Command{.name = "REPLICAOF",
            .govern = replica_of,
            .arity = 3,
            .flags = admin_only | no_script | stale_ok | no_async_loading,
            .group = "server",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "Makes this node a replica of another, or a primary again."},
    Command{.name = "SLAVEOF",
            .govern = replica_of,
            .arity = 3,
            .flags = admin_only | no_script | stale_ok | no_async_loading,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "The older name of REPLICAOF."},
    Command{.name = "REPLCONF",
            .govern = replconf,
            .arity = -1,
            .flags = admin_only | no_script | loading_ok | stale_ok,
            .group = "server",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "What a replica says about itself before it asks for data."},
    Command{.name = "PSYNC",
            .govern = sync,
            .arity = -3,
            .flags = admin_only | no_script | no_async_loading | no_multi,
            .group = "server",
            .since = "2.8.0",
            .summary = "Turns the connection into a replica's, from an offset on if possible."},
    Command{.name = "SYNC",
            .govern = sync,
            .arity = 1,
            .flags = admin_only | no_script | no_async_loading | no_multi,
            .group = "server",
            .since = "1.0.0",
            .summary = "Turns the connection into a replica's."},
    Command{.name = "WAIT",
            .govern = wait,
            .arity = 3,
            .flags = no_script,
            .group = "generic",
            .since = "3.0.0",
            .complexity = "O(1)",
            .summary = "Waits until replicas have confirmed what was written before."},
};

}  // namespace

std::span<const Command> replication_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
