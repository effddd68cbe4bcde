// Call::future(): for those who want a std::future.
#pragma once

#include <future>
#include <grapevine/call.h>

namespace grapevine::client {

template <typename T>
struct FutureOf {
    // Begins the call, which is always a temporary.
    template <typename Calling>
    static std::future<Result<T>> of(Calling&& call) {
        // NOLINTNEXTLINE(bugprone-move-forwarding-reference)
        return FutureOf<Result<T>>::exactly(std::move(call));
    }
    // The same when the outcome is a T itself.
    template <typename Calling>
    static std::future<T> exactly(Calling&& call) {
        std::promise<T> promise;
        auto future = promise.get_future();
        // NOLINTNEXTLINE(bugprone-move-forwarding-reference)
        std::move(call).then([promise = std::move(promise)](T result) mutable {
            promise.set_value(std::move(result));
        });
        return future;
    }
};

}  // namespace grapevine::client
