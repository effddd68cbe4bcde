// A piece of work to be run once, somewhere else: like std::function<void()>, for captures that
// only move.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace grapevine::node::io {

class Task {
public:
    Task() = default;
    template <typename Work>
        requires(!std::is_same_v<std::decay_t<Work>, Task>)
    Task(Work&& work)
        : body_(std::make_unique<Body<std::decay_t<Work>>>(std::forward<Work>(work))) {}

    explicit operator bool() const { return body_ != nullptr; }
    void operator()() { body_->run(); }

private:
    struct Base {
        virtual ~Base() = default;
        virtual void run() = 0;
    };
    template <typename Work>
    struct Body final : Base {
        explicit Body(Work given) : work(std::move(given)) {}
        void run() override { work(); }
        Work work;
    };

    std::unique_ptr<Base> body_;
};

}  // namespace grapevine::node::io
