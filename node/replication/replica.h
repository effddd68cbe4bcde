// One replica of this node: gets a payload, then the stream from where the payload ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/resp/request.h"
#include "node/io/socket.h"
#include "node/io/stream.h"
#include "node/io/timer.h"
#include "node/journal/backlog.h"
#include "node/persistence/spool.h"
#include "node/replication/greeting.h"
#include "node/replication/output_limit.h"
#include "node/replication/status.h"

namespace grapevine::node::replication {

class Replica {
public:
    struct Events {
        std::function<void()> confirmed;  // It said how far it is.
        std::function<void()> moved;      // It took bytes.
        // The last event; the replica may be destroyed inside it.
        std::function<void(const std::string& reason)> gone;
    };

    // Takes the descriptor over.
    Replica(io::Loop& loop, int descriptor, Greeting greeting, SyncRequest request, Events events);
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;

    const Greeting& greeting() const { return greeting_; }
    const SyncRequest& request() const { return request_; }
    const io::Address& address() const { return address_; }
    // What it sent before it was taken over.
    void receive(std::string_view bytes);

    // Sends `line` and goes on with the stream behind `offset`.
    void go_on(std::string_view line, journal::Backlog& backlog, Offset offset);
    // Sends `line`, then what `payload` gets, then the stream behind `offset`. `mark` ends a
    // payload whose size is not known beforehand; empty: wait until it is.
    void begin_payload(std::string_view line, journal::Backlog& backlog, Offset offset,
                       std::shared_ptr<persistence::Spool> payload, std::string mark);

    void refuse(std::string_view line) { connection_.send(line); }

    void pump();        // There may be more to send.
    void keep_alive();  // Says that this node is alive, while there is nothing else to say.

    bool waits() const { return state_ == State::waiting; }
    bool online() const { return state_ == State::online; }
    Offset confirmed() const { return confirmed_; }
    std::int64_t silent_ms() const;  // Since it said or took something.
    bool overruns(const OutputLimits& limits);
    ReplicaStatus status() const;

private:
    // confirming: has the payload, and says so before it gets the stream. served: wanted no more.
    enum class State : std::uint8_t { waiting, payload, confirming, online, served };

    std::string_view next();
    std::string_view next_of_payload();
    void advance(std::size_t bytes);
    void end_payload();
    void hear(std::span<const std::string_view> args);
    void hear_offset(Offset offset);
    Milliseconds now() const { return loop_.monotonic_us() / 1000; }

    io::Loop& loop_;
    Greeting greeting_;
    SyncRequest request_;
    Events events_;
    State state_ = State::waiting;
    io::Address address_;
    io::Address own_address_;
    Milliseconds born_at_;
    Offset confirmed_ = 0;
    Milliseconds heard_at_;
    Milliseconds moved_at_;
    OutputWatch output_;

    std::shared_ptr<persistence::Spool> payload_;
    std::optional<persistence::Spool::Reader> payload_reader_;
    std::string mark_;
    bool payload_announced_ = false;
    std::optional<journal::Backlog::Reader> stream_reader_;

    client::resp::RequestReader requests_;
    std::string input_;
    io::Timer resume_;
    io::Stream connection_;
};

}  // namespace grapevine::node::replication
