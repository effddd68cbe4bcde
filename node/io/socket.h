// Plain descriptors: addresses, options, listening.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "slots/result.h"

namespace grapevine::node::io {

void make_non_blocking(int descriptor);
void set_no_delay(int descriptor);
// Probes a silent peer after `seconds`, then every third of it; 0: never.
void set_keep_alive(int descriptor, int seconds);
// Closes with a reset as soon as unacknowledged bytes are `milliseconds` old; 0: the kernel's
// default.
void set_user_timeout(int descriptor, unsigned milliseconds);

// What the kernel knows about the bytes that were sent. All are acknowledged when it does not say.
struct Acknowledgements {
    bool all = true;
    std::uint32_t last_ms_ago = 0;  // When the last one came.
};
Acknowledgements acknowledgements(int descriptor);

struct Address {
    std::string host;        // Numeric, without brackets; a path for a unix socket.
    std::uint16_t port = 0;  // 0 for a unix socket.
};
// "127.0.0.1:6379", "[::1]:6379"; a unix socket's peer is "path:0".
std::string to_string(const Address& address);

Address peer_address(int descriptor);
Address local_address(int descriptor);

// A listening descriptor. `host` is numeric, "*" or "::*". IPv6 sockets take IPv6 only.
// IO Could not create server TCP listening socket host:port: reason.
Result<int> listen_tcp(const std::string& host, std::uint16_t port, int backlog);
// Replaces a left-over socket file; `permissions` as in chmod, 0 leaves them.
Result<int> listen_unix(const std::string& path, unsigned permissions, int backlog);
// Removes the socket file on which `descriptor` listens; nothing when it is no Unix socket.
void remove_socket_file(int descriptor);

}  // namespace grapevine::node::io
