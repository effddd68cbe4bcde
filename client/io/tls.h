// TLS, as far as it needs no socket: bytes of the wire in and out, plain bytes in and out. Not
// there when the library was built without OpenSSL: then no context can be made.
#pragma once

#include <cstdint>
#include <grapevine/tls.h>
#include <memory>
#include <string>
#include <string_view>

#include "slots/result.h"

namespace grapevine::client::io {

// What all connections of a client have in common. Made on any thread, then used on one.
class TlsContext {
public:
    // Reads the files. Errors: TLS with the name of what will not do and why.
    static slots::Result<std::shared_ptr<TlsContext>> make(const Tls& settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;

    struct Parts;
    Parts& parts() { return *parts_; }

private:
    explicit TlsContext(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// One connection, from its first byte on, at the client's end. Nothing that the peer sends does
// more than end it.
class TlsSession {
public:
    // `host`: a name or an address. What was negotiated with the same host and port before is taken
    // up again if the peer agrees.
    TlsSession(TlsContext& context, const std::string& host, std::uint16_t port);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;

    enum class State : std::uint8_t {
        shaking_hands,
        open,
        closed,  // The peer has said that nothing more comes.
        failed,  // reason() says why.
    };
    State state() const;
    // "TLS ..."; empty unless it has failed.
    const std::string& reason() const;

    // Begins or goes on with the handshake, by what was fed.
    void shake_hands();
    // Bytes of the wire. They have to stay there until read() returned 0, or shake_hands() returned
    // and it is not open.
    void feed(std::string_view wire);
    // Fetches plain bytes into `room`. 0: all that was fed has been used up, or it is not open any
    // more.
    std::size_t read(char* room, std::size_t size);
    // Only when it is open.
    void write(std::string_view plain);
    // Tells the peer, if it can be told, that nothing more comes.
    void close();
    // For the wire: grows by all of the above; whoever sends it takes it away.
    std::string& output();
    // Why the wire ended, when it ended without a word: `reason` and what it means for TLS.
    std::string cut_off(std::string_view reason) const;

    struct Parts;

private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace grapevine::client::io
