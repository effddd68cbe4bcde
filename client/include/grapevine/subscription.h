// Messages of channels as long as somebody wants them, whatever becomes of connections and nodes.
#pragma once

#include <grapevine/call.h>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::client {

class Cluster;

struct Message {
    std::string channel;
    std::string pattern;  // That the channel matched; only of Subscription::patterns().
    std::string payload;
    // Others may be missing before this one: the connection was another, or the queue was full.
    bool gap = false;
};

// Has a connection of its own, and takes another when that is lost or the slot of its channels
// moves. Ends with its destruction, which must come before the cluster's.
class Subscription {
public:
    // Messages that wait for next(); those beyond are dropped.
    static constexpr std::size_t usual_limit = 10000;

    // Each blocks until the server has confirmed, at most for the cluster's patience. Errors: as of
    // any command; CROSSSLOT when shard channels are in several slots.
    static Result<Subscription> channels(const Cluster& cluster, std::vector<std::string> names,
                                         std::size_t limit = usual_limit);
    static Result<Subscription> patterns(const Cluster& cluster, std::vector<std::string> patterns,
                                         std::size_t limit = usual_limit);
    // SSUBSCRIBE (Redis 7.0): at a node of the slot's shard.
    static Result<Subscription> shard_channels(const Cluster& cluster,
                                               std::vector<std::string> names,
                                               std::size_t limit = usual_limit);
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;
    ~Subscription();

    class State;
    // The next message, in the order of arrival. One at a time. Error: what ended the subscription
    // for good, as CLOSED or NOPERM.
    class Next {
    public:
        explicit Next(State& state) : state_(state) {}
        // Blocks; not on the engine's thread. With a patience: error TIMEOUT when none came.
        Result<Message> wait();
        Result<Message> wait(Duration patience);
        // The coroutine goes on on the engine's thread if it has to wait.
        bool await_ready() const;
        bool await_suspend(std::coroutine_handle<> waiting);
        Result<Message> await_resume();

    private:
        State& state_;
    };
    Next next() { return Next(*state_); }
    std::uint64_t dropped() const;  // For want of room, so far.

private:
    explicit Subscription(std::shared_ptr<State> state);
    static Result<Subscription> start(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace grapevine::client
