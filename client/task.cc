#include <atomic>
#include <grapevine/task.h>

namespace grapevine::client {
namespace {

// Waits for the end of a task and leaves in it what it ended with.
struct Ended {
    std::coroutine_handle<> frame;
    TaskEnd& promise;
    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) const {
        promise.continuation = waiting;
        return frame;
    }
    void await_resume() const {}
};

Detached unpark_at_end(std::coroutine_handle<> frame, TaskEnd& promise, Parker& parker) {
    co_await Ended{frame, promise};
    parker.unpark();
}

}  // namespace

Detached spawn(Task<void> task) {
    co_await std::move(task);
}

void run_to_end(std::coroutine_handle<> frame, TaskEnd& promise) {
    Parker& parker = Parker::of_this_thread();
    unpark_at_end(frame, promise, parker);
    parker.park();
}

void Countdown::begin(std::size_t parts, std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    left_ = parts + 1;
}

bool Countdown::end_one() {
    return std::atomic_ref(left_).fetch_sub(1, std::memory_order_acq_rel) == 1;
}

}  // namespace grapevine::client
