// A connected stream socket on one loop: bytes in as they come, bytes out in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "node/io/poll.h"
#include "slots/result.h"

namespace grapevine::node::io {

enum class End : std::uint8_t {
    closed,
    reset,
    failed
};  // By the peer, in order; by force; anything else.

class Stream {
public:
    struct Events {
        // The bytes are valid during the call. The stream may be destroyed inside either call.
        std::function<void(std::string_view bytes)> received;
        std::function<void(End end)> ended;  // Last event; not called after close().
        std::function<void()> drained =
            {};  // Everything that had to wait for the peer has been sent.
    };

    // Takes the descriptor over and makes it non-blocking. Starts reading.
    Stream(Loop& loop, int descriptor, Events events);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Sends now what the kernel takes; keeps the rest and sends it when the peer reads.
    void send(std::string_view bytes);
    std::size_t unsent() const { return waiting_.size() - sent_; }

    void read_on(bool on);  // false: leave what comes in the kernel's buffer.
    void close();           // Drops what was not sent.
    bool open() const { return descriptor_ >= 0; }
    // Lets go of the descriptor, for another thread to take over. Nothing may be unsent.
    int release();

    int descriptor() const { return descriptor_; }

private:
    void readable();
    void writable();
    void finish(End end);
    std::size_t write_now(std::string_view bytes);
    void update_watch();

    int descriptor_;
    bool reading_ = true;
    bool writing_ = false;
    Events events_;
    std::string waiting_;  // Not yet taken by the kernel, from sent_ on.
    std::size_t sent_ = 0;
    std::unique_ptr<Poll> poll_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace grapevine::node::io
