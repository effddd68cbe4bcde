// What a link needs from outside: connections that carry bytes, and time. Sockets are one kind of
// it (client/io); tests, fuzzers and the simulator have others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <grapevine/operation.h>
#include <memory>
#include <string>
#include <string_view>

namespace grapevine::client {

// What a wire tells whoever connected it, never from inside a call to it. Whoever is told may
// destroy the wire.
class WireEvents {
public:
    virtual void connected() = 0;
    // Bytes lie at the end of buffer(); what is not consumed stays at its front.
    virtual void received() = 0;
    virtual void drained() = 0;                         // All that was written has left.
    virtual void ended(const std::string& reason) = 0;  // The last event.

protected:
    ~WireEvents() = default;
};

// A connection that is being made, stands, or has ended.
class Wire {
public:
    // Closes at once and drops what was not sent. No event follows.
    virtual ~Wire() = default;

    // Sends what can be sent now and keeps the rest. Nothing may be waiting: see drained.
    virtual void write(std::string_view bytes) = 0;
    virtual bool waiting() const = 0;  // For drained.
    // The server took the connection, but encryption is not agreed yet.
    virtual bool shaking_hands() const = 0;

    // What has arrived and was not consumed.
    virtual std::string_view buffer() const = 0;
    virtual void consume(std::size_t bytes) = 0;
    // At least so many bytes are expected: makes room for them.
    virtual void expect(std::size_t bytes) = 0;
};

class Outside {
public:
    // `host`: a name, an address, or the path of a unix socket. One event follows, later: connected
    // or ended.
    virtual std::unique_ptr<Wire> connect(const std::string& host, std::uint16_t port,
                                          WireEvents& events) = 0;
    virtual Instant now() const = 0;    // Of the turn: does not move while something is handled.
    virtual Instant clock() const = 0;  // This very moment. Dearer.

protected:
    ~Outside() = default;
};

}  // namespace grapevine::client
