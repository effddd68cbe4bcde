// Watches one descriptor of a loop: the piece that streams, listeners and connectors share.
#pragma once

#include <functional>

#include "node/io/loop.h"

namespace grapevine::node::io {

class Poll {
public:
    // Watches nothing yet. The descriptor stays its owner's: stop or destroy the Poll before
    // closing it.
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
