#include "node/admin/request.h"

#include "node/io/socket.h"
#include "node/session/session.h"

namespace grapevine::node::admin {

bool from_this_machine(const session::Session& session) {
    const auto peer = io::peer_address(session.descriptor());
    const bool unix_socket = peer.port == 0;
    return unix_socket || peer.host.starts_with("127.") || peer.host == "::1";
}

void give_ok(const session::Answer& answer) {
    answer.give("+OK\r\n");
}

void write_help(client::resp::Writer& reply, std::span<const std::string_view> lines) {
    reply.array(lines.size());
    for (const std::string_view line : lines) reply.simple(line);
}

}  // namespace grapevine::node::admin
