// Watches one descriptor of a loop: the piece that streams, listeners and connectors share.
#pragma once

#include <functional>

#include "node/io/loop.h"

namespace grapevine::node::io {

class Poll {
public:
    // Watches nothing yet. The descriptor stays its owner's: destroy the Poll before closing it.
    // One that is only stopped still names the descriptor's number to the kernel when it ends, and
    // by then that may be another thread's.
    Poll(Loop& loop, int descriptor, std::function<void(bool readable, bool writable)> ready);
    ~Poll();
    Poll(const Poll&) = delete;
    Poll& operator=(const Poll&) = delete;

    void watch(bool readable, bool writable);

    Loop& loop() const;

private:
    struct Handle;
    Handle* handle_;
};

}  // namespace grapevine::node::io
