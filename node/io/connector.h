// Opens a TCP connection without blocking the loop; names are looked up as resolver.h says.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "node/io/loop.h"
#include "slots/result.h"

namespace grapevine::node::io {

enum class Refusal : std::uint8_t {
    refused,
    unreachable
};  // "Nobody listens" against everything else.

struct ConnectFailure {
    Refusal kind = Refusal::unreachable;
    std::string reason;
};

class Connector {
public:
    struct Events {
        std::function<void(int descriptor)>
            connected;  // Non-blocking, no delay; the receiver's to close.
        std::function<void(ConnectFailure failure)> failed;
    };

    // Exactly one event follows, never from inside the constructor, none after destruction.
    // The connector may be destroyed inside it.
    Connector(Loop& loop, std::string host, std::uint16_t port, Events events);
    ~Connector();
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;

private:
    struct Attempt;
    std::shared_ptr<Attempt> attempt_;
};

}  // namespace grapevine::node::io
