// Many operations that end together: what pipelines and commands over several slots are made of.
#pragma once

#include <coroutine>
#include <cstddef>
#include <grapevine/call.h>
#include <new>
#include <type_traits>
#include <utility>

namespace grapevine::client {

class Batch;

// One of them.
class BatchPart : public Operation {
public:
    BatchPart(Batch& batch, Request&& what) : Operation(std::move(what)), batch_(batch) {}

protected:
    ~BatchPart() override = default;
    void ended();  // To be called last by succeeded() and failed(): the batch may be gone then.

private:
    friend class Batch;
    Batch& batch_;
    BatchPart* next_ = nullptr;
};

// Keeps its parts in blocks of a pool, until it is cleared or destroyed.
class Batch {
public:
    // Who is told that all parts have ended: on the engine's thread, or in start() if there are
    // none.
    class Listener {
    public:
        virtual void all_ended() = 0;
        bool waits = false;  // Calls wait() next.

    protected:
        ~Listener() = default;
    };

    Batch() = default;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch();

    // Part(Batch&, arguments...)
    template <typename Part, typename... Arguments>
    Part& add(Arguments&&... arguments) {
        static_assert(alignof(Part) <= alignof(std::max_align_t));
        Part* part = new (take(sizeof(Part))) Part(*this, std::forward<Arguments>(arguments)...);
        link(*part);
        return *part;
    }
    std::size_t size() const { return size_; }
    void set_patience(Duration patience);
    void set_from(ReadFrom where);
    // Each part is sent once: not to be called again before clear().
    void start(Engine& engine, Listener& listener);
    void clear();
    // For what nobody waits for: see Options::bytes_in_flight.
    static void wait_for_room(Engine& engine);

private:
    friend class BatchPart;
    struct Block;
    void* take(std::size_t size);
    void link(BatchPart& part);
    void part_ended();

    Block* blocks_ = nullptr;
    BatchPart* first_ = nullptr;
    BatchPart* last_ = nullptr;
    std::size_t size_ = 0;
    std::size_t left_ = 0;  // Changed on the engine's thread alone once it has begun.
    Listener* listener_ = nullptr;
};

// The ways of running what ends together. `Self` has engine(), launch(Listener&), finish(), which
// gives the result once all have ended, and give_up(Error), which gives it when nothing was sent.
template <typename Self>
class Runs {
public:
    // As those of Call<T>.
    auto wait() && {
        if (on_thread_of(self().engine())) return self().give_up(cannot_wait_here());
        Waiting waiting(self().engine());
        self().launch(waiting);
        if (!waiting.had_nothing_to_do) client::wait(self().engine(), waiting.parker);
        return self().finish();
    }

    template <typename Done>
    void then(Done done) && {
        Batch::wait_for_room(self().engine());
        auto* called = new Called<Done>(std::move(self()), std::move(done));
        called->running.launch(*called);
    }

    template <template <typename> typename Of = FutureOf>
    auto future() && {
        return Of<decltype(self().finish())>::exactly(std::move(self()));
    }

    auto operator co_await() && { return Awaiting(std::move(self())); }

private:
    Self& self() { return static_cast<Self&>(*this); }

    struct Waiting final : Batch::Listener {
        explicit Waiting(Engine& on) : engine(on) { waits = true; }
        void all_ended() override {
            if (on_thread_of(engine)) return wake_at_turn_end(engine, parker);
            had_nothing_to_do = true;
        }
        Engine& engine;
        bool had_nothing_to_do = false;
        Parker& parker = Parker::of_this_thread();
    };
    template <typename Done>
    struct Called final : Batch::Listener, Pooled {
        Called(Self&& what, Done then) : running(std::move(what)), done(std::move(then)) {}
        void all_ended() override {
            done(running.finish());
            delete this;
        }
        Self running;
        Done done;
    };
    struct Awaiting final : Batch::Listener {
        explicit Awaiting(Self&& what) : running(std::move(what)) {}
        bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> who) {
            waiting = who;
            running.launch(*this);
        }
        auto await_resume() { return running.finish(); }
        void all_ended() override { waiting.resume(); }
        Self running;
        std::coroutine_handle<> waiting;
    };
};

}  // namespace grapevine::client
