// Several commands that a server runs together or not at all: MULTI, the commands, EXEC.
#pragma once

#include <grapevine/call.h>
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

    Engine* engine_;
    Request whole_{"MULTI", 0};
    bool only_reads_ = true;
    std::size_t size_ = 0;
};

}  // namespace grapevine::client
