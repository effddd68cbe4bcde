// Accepts connections and hands their descriptors on.
#pragma once

#include <functional>
#include <optional>

#include "node/io/poll.h"

namespace grapevine::node::io {

class Listener {
public:
    // Takes over a listening descriptor. `accepted` gets a non-blocking descriptor, to keep or to
    // close.
    Listener(Loop& loop, int descriptor, std::function<void(int descriptor)> accepted);
    ~Listener();  // Removes the file of a Unix socket.
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

private:
    void accept_waiting();
    void turn_one_away();

    int descriptor_;
    int reserve_;  // Given up for a moment when descriptors run out, so that a caller is not left
                   // hanging.
    std::function<void(int)> accepted_;
    std::optional<Poll> poll_;  // Ends before the descriptor is closed.
};

}  // namespace grapevine::node::io
