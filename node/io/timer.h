// Calls back on a loop, once or again and again.
#pragma once

#include <cstdint>
#include <functional>

#include "node/io/loop.h"

namespace grapevine::node::io {

class Timer {
public:
    Timer(Loop& loop, std::function<void()> ring);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    // Milliseconds. A running timer starts anew.
    void once(std::uint64_t after_ms);
    void every(std::uint64_t period_ms);
    void stop();

private:
    struct Handle;
    Handle* handle_;  // Outlives the timer until libuv has let go of it.
};

}  // namespace grapevine::node::io
