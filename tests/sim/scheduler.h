// What happens next: tasks in the order of virtual time, and of being planned at the same time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace grapevine::sim {

// Virtual time since the run began, and differences of it.
using Time = std::chrono::microseconds;
using Task = std::function<void()>;
using namespace std::chrono_literals;

class Scheduler {
public:
    Time now() const { return now_; }
    std::uint64_t done() const { return done_; }  // Tasks that were run.

    void at(Time when, Task task);  // Not before now.
    void after(Time delay, Task task) { at(now_ + delay, std::move(task)); }
    // Runs the next task. False when none is due until `end`: then it is `end`.
    bool step(Time end);

private:
    struct Entry {
        Time when;
        std::uint64_t order;
        Task task;
        // Makes the standard heap, which keeps the greatest in front, keep the earliest there.
        bool operator<(const Entry& other) const {
            return when != other.when ? when > other.when : order > other.order;
        }
    };

    Time now_{0};
    std::uint64_t planned_ = 0;
    std::uint64_t done_ = 0;
    std::vector<Entry> heap_;
};

}  // namespace grapevine::sim
