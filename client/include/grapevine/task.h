// Coroutines: Task<T>, what runs them, and what waits for several calls at once.
#pragma once

#include <coroutine>
#include <exception>
#include <grapevine/call.h>
#include <grapevine/lean.h>
#include <tuple>
#include <utility>

namespace grapevine::client {

// Starts when it is awaited, run or spawned. Its frame comes from the pool. An exception that
// leaves it arrives at whoever awaits it.
template <typename T = void>
class Task;

// What all promises share: who goes on when the coroutine has ended.
class TaskEnd {
public:
    struct Final {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            return ended.promise().continuation;
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void unhandled_exception() { exception = std::current_exception(); }
    static void* operator new(std::size_t size) { return take_block(size); }
    static void operator delete(void* block, std::size_t size) noexcept { give_block(block, size); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr exception;
};

// Begins a task and blocks until it has ended.
void run_to_end(std::coroutine_handle<> frame, TaskEnd& promise);

template <typename T>
class TaskPromise : public TaskEnd {
public:
    Task<T> get_return_object();
    template <typename U>
    void return_value(U&& result) {
        value.make(std::forward<U>(result));
    }
    T take() {
        if (exception) std::rethrow_exception(exception);
        return std::move(*value);
    }
    Later<T> value;
};

template <>
class TaskPromise<void> : public TaskEnd {
public:
    Task<void> get_return_object();
    void return_void() {}
    void take() {
        if (exception) std::rethrow_exception(exception);
    }
};

template <typename T>
class [[nodiscard]] Task {
public:
    using promise_type = TaskPromise<T>;

    explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~Task() {
        if (frame_) frame_.destroy();
    }

    bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) {
        frame_.promise().continuation = waiting;
        return frame_;
    }
    T await_resume() { return frame_.promise().take(); }
    // See client::run().
    T run() {
        run_to_end(frame_, frame_.promise());
        return frame_.promise().take();
    }

private:
    std::coroutine_handle<promise_type> frame_;
};

template <typename T>
Task<T> TaskPromise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

// A coroutine that nobody awaits: it begins at once, destroys itself at its end, and calls
// std::terminate when an exception leaves it.
struct Detached {
    struct promise_type {
        Detached get_return_object() const { return {}; }
        std::suspend_never initial_suspend() const { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const {}
        void unhandled_exception() const { std::terminate(); }
        static void* operator new(std::size_t size) { return take_block(size); }
        static void operator delete(void* block, std::size_t size) noexcept {
            give_block(block, size);
        }
    };
};

// Begins on the calling thread and goes on on the engine's. Nobody hears of its end.
Detached spawn(Task<void> task);

// Blocks until the task has ended; throws what it threw. Not on an engine's thread.
template <typename T>
T run(Task<T> task) {
    return task.run();
}

// Counts down to the one that goes on.
class Countdown {
public:
    // One more than there are: none of them goes on before all have been started.
    void begin(std::size_t parts, std::coroutine_handle<> waiting);
    bool end_one();  // True for the last.
    void end_one_and_resume() {
        if (end_one()) waiting_.resume();
    }

private:
    std::size_t left_ = 0;
    std::coroutine_handle<> waiting_;
};

// Several calls at once: all are sent before the first is waited for.
template <typename... T>
class [[nodiscard]] All {
public:
    explicit All(Call<T>&&... calls) : parts_(Begin<T>{*this, std::move(calls)}...) {}
    All(const All&) = delete;
    All& operator=(const All&) = delete;

    bool await_ready() const { return sizeof...(T) == 0; }
    bool await_suspend(std::coroutine_handle<> waiting) {
        left_.begin(sizeof...(T), waiting);
        std::apply([](auto&... part) { (start(part.engine, part), ...); }, parts_);
        return !left_.end_one();
    }
    std::tuple<Result<T>...> await_resume() {
        return std::apply(
            [](auto&... part) { return std::tuple<Result<T>...>(std::move(*part.result)...); },
            parts_);
    }

private:
    // What a part is made of, in one argument, since it cannot be moved into the tuple.
    template <typename U>
    struct Begin {
        All& all;
        Call<U>&& call;
    };
    template <typename U>
    class Part final : public Receiver<Part<U>, U> {
    public:
        explicit Part(Begin<U>&& begin)
            : Receiver<Part, U>(std::move(begin.call).take_request()),
              engine(begin.call.engine()),
              all_(begin.all) {
            this->patience = begin.call.patience();
        }
        void done() { all_.done(); }
        void at_once() { all_.done(); }
        Engine& engine;

    private:
        All& all_;
    };
    void done() { left_.end_one_and_resume(); }

    std::tuple<Part<T>...> parts_;
    Countdown left_;
};

template <typename... T>
All<T...> all(Call<T>... calls) {
    return All<T...>(std::move(calls)...);
}

}  // namespace grapevine::client
