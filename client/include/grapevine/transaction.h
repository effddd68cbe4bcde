// Several commands that a server runs together or not at all: MULTI, the commands, EXEC.
#pragma once

#include <grapevine/call.h>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::client {

class Cluster;

// Where in the replies to a transaction the answer to one command will be.
template <typename T>
struct Place {
    std::size_t index;
};

// What EXEC answered. Owns its bytes: a std::string_view out of it lives as long as this.
class Replies {
public:
    Replies() = default;
    explicit Replies(const Reply& exec);

    std::size_t size() const { return starts_.size(); }
    // Below size().
    Reply operator[](std::size_t index) const {
        return Reply(std::string_view(encoded_).substr(starts_[index]));
    }
    // A command may have failed although the others were done: then its error, of effect `ran`.
    template <typename T>
    Result<T> operator[](Place<T> place) const {
        const Reply reply = (*this)[place.index];
        if (reply.is_error())
            return Error{.text = std::string(reply.text()), .effect = Effect::ran};
        return read_as<T>(reply);
    }

private:
    std::string encoded_;
    std::vector<std::size_t> starts_;
};

// Nil is no reply of a transaction but its end: error ABORTED, of effect `refused`, when a watched
// key was changed.
template <>
Result<Replies> read_as<Replies>(const Reply& exec);

// Collects commands for one slot: keys of several are refused before anything is sent (CROSSSLOT).
// It travels on the shared connections as one request and follows MOVED and ASK as a whole.
class Transaction {
public:
    explicit Transaction(const Cluster& cluster);
    explicit Transaction(Engine& engine);

    // Its reply will be in the given place.
    template <typename T = Value>
    Place<T> call(Request&& request) {
        return {queue(request)};
    }
    std::size_t size() const { return size_; }

    // Nothing is sent before the call is run. Its error says that nothing was done, unless its
    // effect is `unknown`: sent twice are only transactions that just read.
    Call<Replies> run() &&;

private:
    std::size_t queue(const Request& request);

protected:
    Engine* engine_;
    Request whole_{"MULTI", 0};
    bool only_reads_ = true;
    std::size_t size_ = 0;
};

// A transaction that is done only if a key has not changed since it was looked at: WATCH, on a
// connection of its own until run() or its end.
class Watched : public Transaction {
public:
    // Blocks until the key is watched. Errors: as of any command.
    static Result<Watched> start(const Cluster& cluster, std::string_view key);
    Watched(Watched&&) noexcept;
    ~Watched();

    // Asks now, for a key of the same slot; blocks. What changes data belongs into the transaction.
    template <typename T = Value>
    Result<T> ask(Request&& request) {
        auto result = Call<T>(*engine_, bound(std::move(request))).wait();
        if (!result) failed(result.error());
        return result;
    }
    // Blocks. Error ABORTED when the key was changed meanwhile.
    Result<Replies> run() &&;
    // An error that another attempt may not meet, since nothing was done.
    static bool passes(const Error& error);
    const std::optional<Error>& failure() const { return failure_; }  // Of the first ask().

private:
    class Own;
    Watched(Engine& engine, std::shared_ptr<Own> own);
    Request&& bound(Request&& request);
    void failed(const Error& error);

    std::shared_ptr<Own> own_;
    std::optional<Error> failure_;
};

// Watches `key`, lets `fill(Watched&)` ask and put the transaction together, and runs it; all over
// again when the key was changed meanwhile or the slot moved, at most for `patience`. When `fill`
// returns false nothing is done, and that is no error but an absence. Blocks; not on the engine's
// thread.
template <typename Fill>
Result<std::optional<Replies>> transact(const Cluster& cluster, std::string_view key, Fill fill,
                                        Duration patience = std::chrono::seconds(5)) {
    const Instant deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto attempt = Watched::start(cluster, key);
        if (!attempt) return std::move(attempt).error();
        const bool wanted = fill(*attempt);
        auto outcome = attempt->failure() ? Result<Replies>(*attempt->failure())
                       : wanted           ? std::move(*attempt).run()
                                          : Result<Replies>(Replies());
        if (outcome && wanted) return std::optional<Replies>(std::move(*outcome));
        if (outcome) return std::optional<Replies>();
        if (!Watched::passes(outcome.error()) || std::chrono::steady_clock::now() > deadline)
            return std::move(outcome).error();
    }
}

}  // namespace grapevine::client
