// What links need from outside, on a libuv loop.
#pragma once

#include "client/io/loop.h"
#include "client/io/tls.h"
#include "client/link/wire.h"

namespace grapevine::client::io {

class Sockets final : public Outside {
public:
    // With `tls` everything is encrypted. Both outlive the sockets.
    Sockets(Loop& loop, TlsContext* tls) : loop_(loop), tls_(tls) {}

    std::unique_ptr<Wire> connect(const std::string& host, std::uint16_t port,
                                  WireEvents& events) override;
    Instant now() const override { return loop_.now(); }
    Instant clock() const override { return std::chrono::steady_clock::now(); }

private:
    Loop& loop_;
    TlsContext* tls_;
};

}  // namespace grapevine::client::io
