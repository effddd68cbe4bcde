// One thread's event loop with its mailbox.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "node/io/mailbox.h"

typedef struct uv_loop_s uv_loop_t;

namespace grapevine::node::io {

class Loop {
public:
    Loop();
    ~Loop();  // After run() has returned, and after everything made on this loop is gone.
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Runs until stop(). Belongs to the calling thread from then on.
    void run();
    // From any thread.
    void stop();
    void post(Task task) { mailbox_.post(std::move(task)); }

    // Called when a turn begins (something happened) and when it ends (about to wait). A turn's end
    // is called again when the mailbox filled meanwhile.
    void on_turn(std::function<void()> begins, std::function<void()> ends);
    // The first of a turn's callbacks reads the clocks; the others find them read.
    void enter_turn();

    // Wall-clock milliseconds since 1970 and monotonic microseconds, read once per turn.
    std::int64_t wall_ms() const { return wall_ms_; }
    static std::int64_t read_monotonic_us();  // The clock itself, not as of the turn's beginning.
    std::int64_t monotonic_us() const { return monotonic_us_; }

    // Runs `work` on a helper thread, then `done` on this loop.
    void in_background(Task work, Task done);

    // A buffer for one callback's use.
    std::span<char> scratch() { return {scratch_->data(), scratch_->size()}; }

    uv_loop_t* raw() { return uv_.get(); }  // For node/io only.

private:
    struct Handles;
    void end_turn();
    void read_clocks();

    std::unique_ptr<uv_loop_t> uv_;
    std::unique_ptr<Handles> handles_;
    Mailbox mailbox_;
    std::function<void()> begins_;
    std::function<void()> ends_;
    std::unique_ptr<std::array<char, 64 * 1024>> scratch_;
    bool in_turn_ = false;
    std::int64_t wall_ms_ = 0;
    std::int64_t monotonic_us_ = 0;
};

}  // namespace grapevine::node::io
