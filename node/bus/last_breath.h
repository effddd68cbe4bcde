// What has to be closed first when the process dies of a signal: while a crash report is written,
// peers would take open bus connections for a sign of life.
#pragma once

namespace grapevine::node::bus {

// Keeps a descriptor among those that shut_bus_sockets() ends, for as long as it lives. Beyond
// 4096 of them it does nothing.
class LastBreath {
public:
    LastBreath() = default;
    explicit LastBreath(int descriptor);
    LastBreath(LastBreath&& other) noexcept;
    LastBreath& operator=(LastBreath&& other) noexcept;
    ~LastBreath();

private:
    int place_ = -1;
};

// Ends every connection and every listener of the bus in this process. Async-signal-safe: for the
// handlers of fatal signals.
void shut_bus_sockets() noexcept;

}  // namespace grapevine::node::bus
