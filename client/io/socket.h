// A connection to a server: TCP to one of its addresses, or a unix socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/io/loop.h"
#include "client/io/tls.h"

namespace grapevine::client::io {

class Socket {
public:
    struct Events {
        std::function<void()> connected;
        // Bytes lie at the end of buffer(); what is not consumed stays at its front.
        std::function<void()> received;
        std::function<void()> drained;                  // All that was written has left.
        std::function<void(std::string reason)> ended;  // Last event; not after destruction.
    };

    // `path` of a unix socket, or a host (name or address) and a port. One event follows: connected
    // or ended, never from inside the constructor. With `tls`, which outlives the loop's sockets,
    // it is connected after the handshake, and what is written and received is what was encrypted.
    Socket(Loop& loop, const std::string& host, std::uint16_t port, Events events,
           TlsContext* tls = nullptr);
    // Closes at once and drops what was not sent. No event follows. May be called inside an event.
    ~Socket();
    Socket(const Socket&) = delete;

    // Sends what the kernel takes now and keeps the rest. Nothing may be waiting: see drained.
    void write(std::string_view bytes);
    bool waiting() const;        // For drained.
    bool shaking_hands() const;  // The server took the connection, TLS is not agreed yet.

    // What has arrived and was not consumed.
    std::string_view buffer() const;
    void consume(std::size_t bytes);
    // At least so many bytes are expected: makes room for them.
    void expect(std::size_t bytes);

private:
    struct Connection;
    Connection* connection_;  // Deletes itself when libuv has let go of it.
};

}  // namespace grapevine::client::io
