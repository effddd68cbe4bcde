// TIME and ROLE: what the node is right now.
#include <array>
#include <chrono>

#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/replication/replication.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;
using commands::Command;

Result<void> time(Request& request) {
    using namespace std::chrono;
    const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    request.reply().array(2);
    request.reply().bulk(std::to_string(now / 1'000'000));
    request.reply().bulk(std::to_string(now % 1'000'000));
    return {};
}

void write_primary(const replication::Status& status, Writer& reply) {
    reply.array(3);
    reply.bulk("master");
    reply.integer(static_cast<std::int64_t>(status.offset));
    reply.array(status.replicas.size());
    for (const auto& replica : status.replicas) {
        reply.array(3);
        reply.bulk(replica.host);
        reply.bulk(std::to_string(replica.port));
        reply.bulk(std::to_string(replica.offset));
    }
}

void write_replica(const replication::LinkStatus& link, replication::Offset offset, Writer& reply) {
    reply.array(5);
    reply.bulk("slave");
    reply.bulk(link.host);
    reply.integer(link.port);
    reply.bulk(link.state);
    reply.integer(static_cast<std::int64_t>(offset));
}

Result<void> role(Request& request) {
    const auto status = request.services.replication->status();
    if (status.link) {
        write_replica(*status.link, status.offset, request.reply());
    } else {
        write_primary(status, request.reply());
    }
    return {};
}

using namespace commands;

constinit const std::array rows{
    Command{.name = "TIME",
            .govern = time,
            .arity = 1,
            .flags = loading_ok | stale_ok | fast,
            .group = "server",
            .since = "2.6.0",
            .complexity = "O(1)",
            .summary = "The node's clock: seconds since 1970 and microseconds."},
    Command{.name = "ROLE",
            .govern = role,
            .arity = 1,
            .flags = no_script | loading_ok | stale_ok | fast,
            .group = "server",
            .since = "2.8.12",
            .complexity = "O(1)",
            .summary = "Whether the node is a primary or a replica, of whom, and how far."},
};

}  // namespace

std::span<const Command> moment_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
