// One libuv loop on one thread, and what a client needs of it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

struct uv_loop_s;

namespace grapevine::client::io {

using Instant = std::chrono::steady_clock::time_point;

class Loop {
public:
    struct Events {
        std::function<void()> woken;         // Somebody called wake(), once or more often.
        std::function<void()> turn_end;      // After what has arrived was handled.
        std::function<void()> before_sleep;  // Then it waits for what arrives next.
        std::function<void()> alarm;         // The time given to set_alarm() has come.
    };

    explicit Loop(Events events);
    ~Loop();
    Loop(const Loop&) = delete;

    // Of one thread at a time. True after leave(): it may be run again. False after stop(), when
    // every socket on it has been closed.
    bool run();
    void leave();  // At the end of the turn.
    void stop();
    // Signals, and SIGPIPE of what is written to a server that is gone, are for other threads.
    static void refuse_signals();
    void wake();  // From any thread, also while another thread calls it.

    void set_alarm(Instant at);  // Replaces the one before. In the past: as soon as possible.
    void clear_alarm();
    Instant now() const;  // Of the turn: does not move while something is handled,
    void refresh();       // or while nobody runs it, but by this.

    uv_loop_s* raw();

private:
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace grapevine::client::io
