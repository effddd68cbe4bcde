// The server's end of a TLS connection in memory, and the wire between the two ends.
#pragma once

#include "tests/client/io/certificates.h"

namespace grapevine::client::io::test {

class Server {
public:
    struct Settings {
        const Identity* identity = nullptr;
        const Identity* clients_authority = nullptr;  // Its certificates are asked for.
        int highest_version = TLS1_3_VERSION;
    };
    explicit Server(const Settings& settings);

    // One connection after the other.
    void accept();
    void feed(std::string_view wire);
    // What it wants to send.
    std::string take();
    // Works on what was fed.
    void work();

    void write(const std::string& plain);
    void renew_keys();
    void renegotiate();
    void say_end();
    const std::string& received() const { return received_; }
    std::string name_asked_for() const;  // By SNI.
    bool resumed() const;
    bool was_told_the_end() const;
    const std::string& complaint() const { return complaint_; }

private:
    OwnedContext context_;
    OwnedConnection connection_;
    std::string received_;
    std::string complaint_;
};

// Carries bytes both ways, at most `piece` at once, until both ends are silent. Returns what the
// client read.
std::string carry(TlsSession& client, Server& server, std::size_t piece = 1u << 20);
// The client's part of it: what it makes of these bytes.
std::string hear(TlsSession& client, std::string_view wire);

}  // namespace grapevine::client::io::test
