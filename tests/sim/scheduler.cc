#include "tests/sim/scheduler.h"

#include <algorithm>
#include <utility>

namespace grapevine::sim {

void Scheduler::at(Time when, Task task) {
    heap_.push_back({std::max(when, now_), ++planned_, std::move(task)});
    std::push_heap(heap_.begin(), heap_.end());
}

bool Scheduler::step(Time end) {
    if (heap_.empty() || heap_.front().when > end) {
        now_ = end;
        return false;
    }
    std::pop_heap(heap_.begin(), heap_.end());
    Entry next = std::move(heap_.back());
    heap_.pop_back();
    now_ = next.when;
    ++done_;
    next.task();
    return true;
}

}  // namespace grapevine::sim
