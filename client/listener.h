// What a Subscription is behind its surface: a conversation, and a queue between two threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <grapevine/subscription.h>
#include <mutex>

#include "client/engine/engine.h"

namespace grapevine::client {

class Subscription::State final : public Conversation,
                                  public std::enable_shared_from_this<Subscription::State> {
public:
    State(Engine& engine, const char* command, std::vector<std::string> names, std::size_t limit)
        : engine_(engine), command_(command), names_(std::move(names)), limit_(limit) {}

    // On the engine's thread.
    void begin();
    void stop();

    // From any thread.
    Engine& engine() { return engine_; }
    std::optional<Error> wait_until_confirmed();
    bool has_something();
    bool has_ended();
    bool suspend(std::coroutine_handle<> waiting);
    Result<Message> take();
    Result<Message> wait(Instant until);
    std::uint64_t dropped();

private:
    class Asking;
    bool pushed(const Reply& message) override;
    void ended(const std::string& reason) override;
    void look() override;
    void subscribe_next();
    void ask(Request&& request, Duration patience);
    void answered();
    void failed(const Error& error);
    void again();
    void finish(const Error& error);
    void deliver(Message&& message);
    void wake(std::unique_lock<std::mutex> lock);
    bool sharded() const { return command_[1] == 'S'; }

    Engine& engine_;
    const std::string command_;
    const std::vector<std::string> names_;
    const std::size_t limit_;
    // Of the engine's thread.
    std::shared_ptr<State> self_;  // While the engine knows of it.
    std::size_t confirmed_ = 0;
    bool asked_ = false;  // A request is on its way.
    bool stopped_ = false;
    unsigned looks_ = 0;

    std::mutex mutex_;  // Of what follows.
    std::condition_variable changed_;
    std::deque<Message> queue_;
    std::coroutine_handle<> waiting_;
    std::optional<Error> end_;
    std::uint64_t dropped_ = 0;
    bool ready_ = false;
    bool gap_ = false;
};

}  // namespace grapevine::client
