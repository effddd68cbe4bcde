// Several commands that a server runs together or not at all: MULTI, the commands, EXEC.
#pragma once

#include <grapevine/call.h>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
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

// A transaction that is done only if a key has not changed since it was looked at. Each step is a
// call, to be run in any of the ways; the next one begins when it has ended, and this lives until
// then. From start() to the end all steps have one connection, which nobody else uses meanwhile.
class Watching : public Transaction {
public:
    Watching(const Cluster& cluster, std::string_view key);
    Watching(Watching&&) noexcept;
    ~Watching();  // Unless it was run or abandoned: UNWATCH, which nobody waits for.

    // WATCH. Errors: as of any command. To be called once.
    Call<void> start();
    // Is asked now, for a key of the same slot. What changes data belongs into the transaction.
    template <typename T = Value>
    Call<T> ask(Request&& request) {
        return step<T>(std::move(request));
    }
    // MULTI, the commands, EXEC. Error ABORTED when the key was changed meanwhile; `unknown` is the
    // effect of one whose connection ended or whose time was up after it had been sent.
    Call<Replies> run() &&;
    // UNWATCH: the connection is as new, and others may have it.
    Call<void> abandon();

    // Why the first step that failed did, by the server or on the way to it. Its effect is
    // `refused` when it only looked: then nothing was done, whatever became of the question.
    const std::optional<Error>& failure() const;
    // An error that another attempt may not meet, since nothing was done.
    static bool passes(const Error& error);

protected:
    void note(const Error& error);  // As failure(), if there is none yet.

private:
    friend class Attempts;
    class Own;

    template <typename T>
    Call<T> step(Request&& request) {
        bind(request);
        Call<T> call(*engine_, std::move(request));
        return std::move(call).within(left());
    }
    void bind(Request& request) const;
    Duration left() const;  // Until the deadline, for one step; zero: as Options::patience says.

    Request watch_;
    Instant deadline_{};  // None: each step has a patience of its own.
    std::shared_ptr<Own> own_;
};

// The same for a thread that waits at each step. Not on the engine's thread.
class Watched : public Watching {
public:
    using Watching::Watching;
    // Blocks until the key is watched. Errors: as of any command.
    static Result<Watched> start(const Cluster& cluster, std::string_view key);
    Result<void> start() { return Watching::start().wait(); }
    template <typename T = Value>
    Result<T> ask(Request&& request) {
        auto result = Watching::ask<T>(std::move(request)).wait();
        if (!result) note(result.error());
        return result;
    }
    Result<Replies> run() &&;
    Result<void> abandon() { return Watching::abandon().wait(); }
};

// How long transact() goes on.
struct Tries {
    static constexpr unsigned no_limit = 0;

    Tries() = default;
    // From its call to its end, pauses included. Zero: as Options::patience says.
    template <typename Number, typename Unit>
    Tries(std::chrono::duration<Number, Unit> for_all, unsigned at_most = no_limit)
        : patience(std::chrono::duration_cast<Duration>(for_all)), attempts(at_most) {}

    Duration patience{};
    unsigned attempts = no_limit;
};

// The attempts at one transaction: when the next one begins and when it is enough.
class Attempts {
public:
    Attempts(const Cluster& cluster, std::string_view key, Tries tries);

    template <typename Kind>
    Kind begin() {
        Kind attempt(*cluster_, key_);
        begin(attempt);
        return attempt;
    }
    // After an attempt that failed. Nothing: pause, and try again. Otherwise the error of the whole
    // transaction: its `attempts` and `elapsed` are those of all of them.
    std::optional<Error> enough(Error error);
    // The second attempt follows at once, and then the pauses double up to 64 ms, less up to a half
    // by chance.
    Call<void> pause() const;

private:
    void begin(Watching& attempt);
    Duration pause_length() const;
    Error given_up(Error error, std::string text) const;

    const Cluster* cluster_;
    std::string key_;
    std::uint16_t slot_;
    Instant begun_;
    Instant deadline_;
    unsigned most_;
    unsigned made_ = 0;
    std::uint32_t chance_;
    std::string obstacle_;  // The last one that could have passed.
};

// One attempt of transact().
template <typename Fill>
Result<std::optional<Replies>> attempt(Watched watched, Fill& fill) {
    if (auto begun = watched.start(); !begun) return watched.failure().value_or(begun.error());
    bool wanted = false;
    try {
        wanted = fill(watched);
    } catch (...) {
        (void)watched.abandon();
        throw;
    }
    if (watched.failure()) return *watched.failure();
    if (!wanted) {
        (void)watched.abandon();
        return std::optional<Replies>();
    }
    auto replies = std::move(watched).run();
    // run() leaves it what it has to say. NOLINTNEXTLINE(bugprone-use-after-move)
    if (!replies) return watched.failure().value_or(replies.error());
    return std::optional<Replies>(std::move(*replies));
}

// Watches `key`, lets `fill(Watched&)` ask and put the transaction together, and runs it; all over
// again, after a pause, when the key was changed meanwhile, the slot moved or the connection ended
// before EXEC was sent. When `fill` returns false nothing is done, and that is no error but an
// absence; what it throws is passed on. Either way the connection is given back unwatched.
//
// Errors: one that a step met, if it will not pass; TIMEOUT when the time is up, or the last
// obstacle when the attempts are. Nothing was done unless the effect is `unknown`: EXEC was sent
// and not answered, and that is not tried again. Error::attempts counts the attempts.
//
// Blocks; not on the engine's thread. For coroutines: <grapevine/transact.h>.
template <typename Fill>
    requires std::is_convertible_v<std::invoke_result_t<Fill&, Watched&>, bool>
Result<std::optional<Replies>> transact(const Cluster& cluster, std::string_view key, Fill fill,
                                        Tries tries = {}) {
    Attempts attempts(cluster, key, tries);
    for (;;) {
        auto outcome = attempt(attempts.begin<Watched>(), fill);
        if (outcome) return outcome;
        if (auto error = attempts.enough(std::move(outcome).error())) return std::move(*error);
        if (auto paused = attempts.pause().wait(); !paused) return std::move(paused).error();
    }
}

}  // namespace grapevine::client
