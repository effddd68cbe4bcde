// Call::future(): for those who want a std::future.
#pragma once

#include <future>
#include <grapevine/call.h>

namespace grapevine::client {

template <typename T>
struct FutureOf {
    // Begins the call.
    template <typename Calling>
    static std::future<Result<T>> of(Calling&& call) {
        std::promise<Result<T>> promise;
        auto future = promise.get_future();
        std::move(call).then([promise = std::move(promise)](Result<T> result) mutable {
            promise.set_value(std::move(result));
        });
        return future;
    }
};

}  // namespace grapevine::client
