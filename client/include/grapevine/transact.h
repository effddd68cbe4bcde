// transact() for coroutines.
#pragma once

#include <grapevine/task.h>
#include <grapevine/transaction.h>

namespace grapevine::client {

// One attempt of transact().
template <typename Body>
Task<Result<std::optional<Replies>>> attempt(Watching watching, Body& body) {
    const auto begun = co_await watching.start();
    if (!begun) co_return watching.failure().value_or(begun.error());
    bool wanted = false;
    std::exception_ptr thrown;
    try {
        wanted = co_await body(watching);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (!thrown && watching.failure()) co_return *watching.failure();
    if (!wanted) {
        const auto abandoned = co_await watching.abandon();
        if (thrown) std::rethrow_exception(thrown);
        co_return std::optional<Replies>();
    }
    auto replies = co_await std::move(watching).run();
    // run() leaves it what it has to say. NOLINTNEXTLINE(bugprone-use-after-move)
    if (!replies) co_return watching.failure().value_or(replies.error());
    co_return std::optional<Replies>(std::move(*replies));
}

// As the other transact(), but `body(Watching&)` is a coroutine, a Task<bool>, and so is this: no
// thread waits, nor does one during the pauses. An answer that `body` cannot read (TYPE) is its own
// business; any other error of a step ends the attempt, whatever it returns. `cluster` must live
// until the end.
template <typename Body>
    requires std::is_same_v<std::invoke_result_t<Body&, Watching&>, Task<bool>>
Task<Result<std::optional<Replies>>> transact(const Cluster& cluster, std::string key, Body body,
                                              Tries tries = {}) {
    Attempts attempts(cluster, key, tries);
    for (;;) {
        auto outcome = co_await attempt(attempts.begin<Watching>(), body);
        if (outcome) co_return outcome;
        auto error = attempts.enough(std::move(outcome).error());
        if (error) co_return std::move(*error);
        auto paused = co_await attempts.pause();
        if (!paused) co_return std::move(paused).error();
    }
}

}  // namespace grapevine::client
