#include "node/admin/cluster_views.h"

#include <functional>
#include <memory>
#include <string>

#include "node/admin/cluster_maps.h"
#include "node/admin/cluster_order.h"
#include "node/admin/cluster_text.h"
#include "node/bus/bus.h"
#include "node/store/number.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;

Error unknown_node(const slots::NodeId& id) {
    return Error{"ERR Unknown node " + std::string(id.text())};
}

using WriteReport = std::function<void(const bus::Report&, Writer&)>;

Result<void> reply_with_report(Request& request, WriteReport write) {
    if (request.services.bus == nullptr) return no_cluster();
    request.services.bus->report([answer = request.later(), write = std::move(write)](
                                     const std::shared_ptr<const bus::Report>& report) {
        std::string text;
        Writer reply(text, answer.version());
        write(*report, reply);
        answer.give(std::move(text));
    });
    return {};
}

std::int64_t offset_of(Request& request) {
    const auto& loop = request.worker().loop();
    return clock_offset(loop.wall_ms(), loop.monotonic_us());
}

void write_replicas(const gossip::Status& status, const slots::NodeId& primary, std::int64_t offset,
                    Writer& reply) {
    const auto* member = find_member(status, primary);
    if (member == nullptr) return reply.error(unknown_node(primary));
    if (!member->primary.none()) return reply.error({"ERR The specified node is not a master"});
    const auto found = replicas_of(status, primary);
    reply.array(found.size());
    for (const auto* replica : found) reply.bulk(node_line(status, *replica, offset));
}

}  // namespace

Error no_cluster() {
    return Error{"ERR This instance has cluster support disabled"};
}

Result<void> cluster_nodes(Request& request) {
    return reply_with_report(request,
                             [offset = offset_of(request)](const auto& report, Writer& reply) {
                                 reply.verbatim(nodes_text(report.cluster, offset));
                             });
}

Result<void> cluster_info(Request& request) {
    return reply_with_report(request, [](const bus::Report& report, Writer& reply) {
        reply.verbatim(info_text(report.cluster, report.links_cut));
    });
}

Result<void> cluster_slots(Request& request) {
    const auto type = request.config().cluster_preferred_endpoint_type;
    return reply_with_report(request, [type](const bus::Report& report, Writer& reply) {
        write_slots(report.cluster, type, reply);
    });
}

Result<void> cluster_shards(Request& request) {
    const auto type = request.config().cluster_preferred_endpoint_type;
    return reply_with_report(request, [type](const bus::Report& report, Writer& reply) {
        write_shards(report.cluster, type, reply);
    });
}

Result<void> cluster_links(Request& request) {
    return reply_with_report(request,
                             [offset = offset_of(request)](const auto& report, Writer& reply) {
                                 write_links(report, offset, reply);
                             });
}

// CLUSTER REPLICAS id -> a line as of CLUSTER NODES for each.
Result<void> cluster_replicas(Request& request) {
    const auto id = parse_node(request.args()[2]);
    if (!id) return id.error();
    return reply_with_report(
        request, [id = *id, offset = offset_of(request)](const bus::Report& report, Writer& reply) {
            write_replicas(report.cluster, id, offset, reply);
        });
}

// CLUSTER COUNT-FAILURE-REPORTS id -> how many others accuse it.
Result<void> cluster_failure_reports(Request& request) {
    const auto id = parse_node(request.args()[2]);
    if (!id) return id.error();
    return reply_with_report(request, [id = *id](const bus::Report& report, Writer& reply) {
        const auto* member = find_member(report.cluster, id);
        if (member == nullptr) return reply.error(unknown_node(id));
        reply.integer(static_cast<std::int64_t>(member->failure_reports));
    });
}

// CLUSTER HISTORY [count]
Result<void> cluster_history(Request& request) {
    if (request.services.bus == nullptr) return no_cluster();
    constexpr std::int64_t usual_count = 20;
    std::optional<std::int64_t> count = usual_count;
    if (request.args().size() > 3) return Error{"ERR syntax error"};
    if (request.args().size() == 3) count = store::parse_integer(request.args()[2]);
    if (!count || *count < 1) return Error{"ERR count must be a positive number"};
    request.services.bus->history([answer = request.later(), count = *count](const auto& history) {
        std::string text;
        Writer reply(text, answer.version());
        write_history(history, static_cast<std::size_t>(count), reply);
        answer.give(std::move(text));
    });
    return {};
}

}  // namespace grapevine::node::admin
