// One command, ready to be run: by waiting for it, with a callback, as a future or in a coroutine.
#pragma once

#include <coroutine>
#include <grapevine/lean.h>
#include <grapevine/operation.h>
#include <grapevine/outcome.h>
#include <grapevine/pool.h>
#include <utility>

namespace grapevine::client {

// From any thread; `operation` must live until it has been told its end. False: that was
// known(), and nothing is to come.
bool start(Engine& engine, Operation& operation);
// The same for what nobody waits for: blocks while too much is on its way
// (Options::bytes_in_flight), unless it is called on the engine's own thread.
void start_when_room(Engine& engine, Operation& operation);
bool on_thread_of(const Engine& engine);
Error cannot_wait_here();

// Lets one thread sleep until another has something for it.
class Parker {
public:
    static Parker& of_this_thread();
    void park();                // Until unpark(), which may have come before.
    bool has_to_go_on() const;  // park() would return at once.
    void unpark();
    // The same for several; none of them is touched once it may have returned from park().
    static void unpark_all(Parker* const* parkers, std::size_t count);

private:
    struct State;
    struct Idle;
    Parker();
    ~Parker();
    State* state_;
};

// After start() of what is `waited_for`: returns when `parker` is unparked. May do the engine's
// work meanwhile, so that no other thread has to be woken for it.
void wait(Engine& engine, Parker& parker);
// On the engine's thread: wakes it soon, together with others.
void wake_at_turn_end(Engine& engine, Parker& waiting);

// An operation whose end is a Result<T>. `Self` has done(), which may destroy it, and at_once(),
// which is called in its place when there was nothing to wait for.
template <typename Self, typename T>
class Receiver : public Operation {
public:
    explicit Receiver(Request&& what) : Operation(std::move(what)) {}
    void succeeded(const Reply& reply) final {
        result.set(reply);
        static_cast<Self*>(this)->done();
    }
    void failed(Error&& error) final {
        result.set(std::move(error));
        static_cast<Self*>(this)->done();
    }
    bool known(const Reply& reply) final {
        result.set(reply);
        static_cast<Self*>(this)->at_once();
        return true;
    }

    Outcome<T> result;

protected:
    ~Receiver() override = default;
};

// Runs a request and blocks until its outcome is there. Not on the engine's thread.
void wait_for(Engine& engine, Request&& request, Duration patience, AnyOutcome outcome);

// An operation that a coroutine waits for.
class Awaited : public Operation {
public:
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        return start(engine_, *this);
    }
    void succeeded(const Reply& reply) final;
    void failed(Error&& error) final;
    bool known(const Reply& reply) final;

protected:
    Awaited(Engine& engine, Request&& what, Duration how_long, AnyOutcome outcome);
    ~Awaited() override;

private:
    Engine& engine_;
    AnyOutcome outcome_;
    std::coroutine_handle<> waiting_;
};

// Defined in <grapevine/future.h>: include it to use future().
template <typename T>
struct FutureOf;

// Nothing happens before it is run, and it is run once.
template <typename T>
class [[nodiscard]] Call {
public:
    using value_type = T;

    Call(Engine& engine, Request&& request) : engine_(&engine), request_(std::move(request)) {}

    // How this call differs from others.
    Call&& within(Duration patience) && {
        patience_ = patience;
        return std::move(*this);
    }
    Call&& from(ReadFrom where) && {
        request_.facts().from = where;
        return std::move(*this);
    }
    // Not from the cache (Options::cache_bytes).
    Call&& fresh() && {
        request_.facts().fresh = true;
        return std::move(*this);
    }
    // The caller does not mind if it is done twice: it is sent again when its fate is not known.
    Call&& repeatable() && {
        request_.facts().traits = request_.facts().traits | Trait::repeatable;
        return std::move(*this);
    }

    // Blocks. Not in a callback or a coroutine: there it is an error (USAGE).
    Result<T> wait() && {
        static_assert(!is_view<T>, "a view ends with the callback of then(): ask for std::string");
        if (on_thread_of(*engine_)) return cannot_wait_here();
        Outcome<T> outcome;
        wait_for(*engine_, std::move(request_), patience_, AnyOutcome(outcome));
        return std::move(*outcome);
    }

    // `done(Result<T>)` is called on the engine's thread and must not block; by this call itself
    // when the cache knows the answer. If T is a view
    // (std::string_view), it is valid until `done` returns.
    template <typename Done>
    void then(Done done) && {
        start_when_room(*engine_,
                        *new Called<Done>(std::move(request_), patience_, std::move(done)));
    }

    // A std::future<Result<T>>. Needs <grapevine/future.h>, which is dear to compile.
    template <template <typename> typename Of = FutureOf>
    auto future() && {
        static_assert(!is_view<T>, "a view ends with the callback of then(): ask for std::string");
        return Of<T>::of(std::move(*this));
    }

    // co_await: the coroutine goes on on the engine's thread, or where it is when the cache knows
    // the answer.
    auto operator co_await() && {
        static_assert(!is_view<T>, "a view ends with the callback of then(): ask for std::string");
        return Awaiting(*engine_, std::move(request_), patience_);
    }

    Engine& engine() const { return *engine_; }
    Request&& take_request() && { return std::move(request_); }
    Duration patience() const { return patience_; }

private:
    template <typename Done>
    class Called final : public Receiver<Called<Done>, T>, public Pooled {
    public:
        Called(Request&& what, Duration how_long, Done then)
            : Receiver<Called, T>(std::move(what)), done_(std::move(then)) {
            this->patience = how_long;
        }
        void done() {
            done_(std::move(*this->result));
            delete this;
        }
        void at_once() { done(); }

    private:
        Done done_;
    };

    class Awaiting final : public Awaited {
    public:
        Awaiting(Engine& engine, Request&& what, Duration how_long)
            : Awaited(engine, std::move(what), how_long, AnyOutcome(outcome_)) {}
        Result<T> await_resume() { return std::move(*outcome_); }

    private:
        Outcome<T> outcome_;
    };

    Engine* engine_;
    Request request_;
    Duration patience_{};
};

}  // namespace grapevine::client
