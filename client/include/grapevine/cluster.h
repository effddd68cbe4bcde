// A cluster that feels like one server.
#pragma once

#include <grapevine/call.h>
#include <grapevine/commands.h>
#include <grapevine/figures.h>
#include <grapevine/options.h>
#include <grapevine/split.h>
#include <string_view>

namespace grapevine::client {

class Engine;

// One object for the whole process: any thread may use it at any time. It has one thread of its own
// and one connection to each node, on which the requests of all threads travel together. Commands
// are methods: see Commands.
class Cluster : public Commands<Cluster> {
public:
    // `nodes`: "host:port" of one node or several, with commas between, or the path of a unix
    // socket; all others are found through them. A server without cluster mode will do as well.
    // Blocks until a map of the cluster is known, at most for the patience. Errors: USAGE,
    // TLS (a file that will not do), UNREACHABLE, what AUTH was answered.
    static Result<Cluster> connect(std::string_view nodes, Options options);
    static Result<Cluster> connect(std::string_view nodes);

    Cluster(Cluster&&) noexcept;
    Cluster& operator=(Cluster&&) noexcept;
    ~Cluster();  // What is still on its way ends in CLOSED. Not on the engine's thread.

    // Keys in any slots: each slot is asked for its own, all at once, and nothing is done twice for
    // a key. Keys are texts or ranges of texts.
    template <typename T = std::string, typename... Keys>
    MgetCall<T> mget(const Keys&... keys) {
        return {*engine_, arguments::texts_of(keys...)};
    }
    // How many keys were set. Key, value, ..., or pairs, or ranges of pairs.
    template <typename... Parts>
    CountCall mset(const Parts&... keys_and_values) {
        return {*engine_, "MSET", Trait::repeatable, arguments::texts_of(keys_and_values...), true};
    }
    // How many of the keys there were.
    template <typename... Keys>
    CountCall del(const Keys&... keys) {
        return {*engine_, "DEL", Trait::repeatable, arguments::texts_of(keys...), false};
    }
    template <typename... Keys>
    CountCall unlink(const Keys&... keys) {
        return {*engine_, "UNLINK", Trait::repeatable, arguments::texts_of(keys...), false};
    }
    template <typename... Keys>
    CountCall exists(const Keys&... keys) {
        return {*engine_, "EXISTS", Trait::reads, arguments::texts_of(keys...), false};
    }
    template <typename... Keys>
    CountCall touch(const Keys&... keys) {
        return {*engine_, "TOUCH", Trait::reads, arguments::texts_of(keys...), false};
    }

    // A request that was put together by hand; Commands has a method for each usual one.
    template <typename T = Value>
    Call<T> call(Request&& request) {
        return {*engine_, std::move(request)};
    }

    Figures figures() const;
    Engine& engine() const { return *engine_; }

private:
    explicit Cluster(Engine* engine) : engine_(engine) {}
    Engine* engine_;  // Its own.
};

}  // namespace grapevine::client
