#include "client/io/sockets.h"

#include "client/io/socket.h"

namespace grapevine::client::io {

std::unique_ptr<Wire> Sockets::connect(const std::string& host, std::uint16_t port,
                                       WireEvents& events) {
    return std::make_unique<Socket>(loop_, host, port, events, tls_);
}

}  // namespace grapevine::client::io
