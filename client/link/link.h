// One connection to one node: requests out in order, replies in in the same order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/link/meter.h"
#include "client/link/queue.h"
#include "client/link/wire.h"
#include "client/resp/scanner.h"

namespace grapevine::client {

class Link;
class Conversation;

// What a link tells whoever owns it. Any of them may send more or drop the link.
class LinkEvents {
public:
    virtual void answered(Link& link, Operation& operation, const Reply& reply) = 0;
    virtual void refused(Link& link, Operation& operation, std::string_view error) = 0;
    // `sent`: some of its bytes may have left.
    virtual void lost(Link& link, Operation& operation, bool sent, const std::string& reason) = 0;
    // True: it is the reply to the first request that is on its way.
    virtual bool pushed(Link& link, const Reply& message) = 0;
    virtual void measured(Link& link, Duration took) = 0;  // A request, from flush to answer.
    virtual void opened(Link& link) = 0;                   // Greeted: what waits is being sent.
    // `was_open`: it had been greeted, so its node was there until now.
    virtual void closed(Link& link, bool was_open, const std::string& reason) = 0;
    virtual void has_output(Link& link) = 0;  // To be flushed before the turn ends.

protected:
    ~LinkEvents() = default;
};

struct Target {
    std::uint16_t node = 0;  // As the owner numbers them.
    std::string host;        // Or the path of a unix socket.
    std::uint16_t port = 0;
    bool reading = false;    // Of a replica: READONLY is part of the greeting.
    Request greeting;        // Said first. An error among the replies ends the link.
    Meter* meter = nullptr;  // Outlives the link.
};

class Link final : WireEvents {
public:
    // Kept by the owner of a link that is not shared by all.
    struct Use {
        bool own = false;
        bool busy = false;
        Instant idle_since{};
        Conversation* talk = nullptr;  // Whose it is for more than one request.
    };
    Use use;

    Link(Outside& outside, LinkEvents& events, Target target);
    Link(const Link&) = delete;

    // Connects when it is not connected. Every operation ends in one event, unless forget() is
    // called.
    void send(Operation& operation);
    void flush();
    // Its caller waits no longer: no event for it. True when some of its bytes may have left. Only
    // while operation.link is this one.
    bool forget(Operation& operation);
    // Ends the connection; everything on it is lost.
    void drop(const std::string& reason);

    std::uint16_t node() const { return target_.node; }
    bool reading() const { return target_.reading; }
    bool open() const { return state_ == State::open; }
    bool idle() const { return entries_in_flight() == 0 && parked_.empty(); }
    // Since when it owes something (an answer, a connection) and has sent nothing.
    std::optional<Instant> silent_since() const;
    bool at_rest() const { return state_ == State::closed; }
    // Attempts to connect, in a row, that came to nothing.
    unsigned failures() const { return failures_; }
    bool connecting() const { return state_ == State::connecting; }
    // While it is connecting, and has been for too long.
    void give_up_connecting(std::chrono::milliseconds after);

private:
    enum class State : std::uint8_t { closed, connecting, open };
    // A request on the wire. Its owner may have left: then the replies are thrown away.
    struct Entry {
        Operation* operation = nullptr;
        std::uint64_t begin = 0;  // Of its bytes, counted from the beginning of the connection.
        std::uint32_t replies = 0;
        bool asking = false;  // The first reply is that to ASKING.
    };
    struct Loss {
        Operation* operation;
        bool sent;
    };

    void connected() override;
    void received() override;
    void drained() override { flush(); }
    void ended(const std::string& reason) override { fail(reason); }

    void connect();
    void write(Operation& operation);
    void handle(const Reply& reply);
    bool is_reply(const Reply& message);
    void greeted(const Reply& reply);
    void finish(const Reply& reply);
    void fail(const std::string& reason);
    std::uint64_t entries_in_flight() const { return tail_ - head_; }
    Entry& entry(std::uint64_t ticket) { return ring_[ticket & (ring_.size() - 1)]; }
    void push(const Entry& entry);
    void time_one();
    void timed(std::uint64_t ticket);
    void count_in_flight();

    Outside& outside_;
    LinkEvents& events_;
    Target target_;
    State state_ = State::closed;
    std::unique_ptr<Wire> wire_;
    std::uint64_t ended_ = 0;  // Connections so far. The next one may lie where the last one lay.
    resp::ReplyScanner scanner_;
    Queue<QueueHook> parked_;  // Until the link is open.
    std::vector<Entry> ring_;  // A power of two; head_ and tail_ count without end.
    std::uint64_t head_ = 0;
    std::uint64_t tail_ = 0;
    std::string output_;
    bool announced_ = false;      // has_output was said and flush() has not come yet.
    std::uint64_t produced_ = 0;  // Bytes appended to output_ so far.
    std::uint64_t handed_ = 0;    // Bytes given to the wire so far.
    std::uint64_t counted_ = 0;   // Requests that the meter knows of.
    std::uint64_t shown_ = 0;     // In flight, by the meter.
    bool timing_ = false;         // One request at a time is timed: that of this ticket.
    std::uint64_t timed_ticket_ = 0;
    Instant timed_since_{};
    std::uint32_t greetings_ = 0;
    std::string first_error_;  // Among the replies to the first entry.
    Instant quiet_since_{};
    Instant retry_at_{};
    unsigned failures_ = 0;
    std::string last_reason_;
};

}  // namespace grapevine::client
