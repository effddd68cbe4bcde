// A connection to a server: TCP to one of its addresses, or a unix socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/io/loop.h"
#include "client/io/tls.h"
#include "client/link/wire.h"

namespace grapevine::client::io {

class Socket final : public Wire {
public:
    // `path` of a unix socket, or a host (name or address) and a port. No event comes from inside
    // the constructor. With `tls`, which outlives the loop's sockets, it is connected after the
    // handshake, and what is written and received is what was encrypted.
    Socket(Loop& loop, const std::string& host, std::uint16_t port, WireEvents& events,
           TlsContext* tls = nullptr);
    ~Socket() override;  // May be called inside an event.
    Socket(const Socket&) = delete;

    void write(std::string_view bytes) override;
    bool waiting() const override;
    bool shaking_hands() const override;
    std::string_view buffer() const override;
    void consume(std::size_t bytes) override;
    void expect(std::size_t bytes) override;

private:
    struct Connection;
    Connection* connection_;  // Deletes itself when libuv has let go of it.
};

}  // namespace grapevine::client::io
