// One request on its way through an engine. Users meet Call<T>, which is made of this.
#pragma once

#include <cstdint>
#include <grapevine/error.h>
#include <grapevine/reply.h>
#include <grapevine/request.h>
#include <string>

namespace grapevine::client {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// Links an operation into a list that does not own it.
struct Hook {
    Hook* next = nullptr;
    Hook* previous = nullptr;

    bool linked() const { return next != nullptr; }
    void unlink() {
        if (!linked()) return;
        previous->next = next;
        next->previous = previous;
        next = previous = nullptr;
    }
};
struct QueueHook : Hook {};  // Among those that wait for the same connection.
struct TimeHook : Hook {};   // Among those that something happens to at about the same time.

// How far a request has come. The router decides by it, the engine keeps it.
struct Trip {
    Instant started{};
    Instant deadline{};
    std::uint16_t attempts = 0;          // How often it was sent.
    std::uint16_t setbacks = 0;          // Refusals and losses so far; redirections are none.
    std::uint16_t redirects = 0;         // MOVED and ASK so far.
    std::uint16_t node = any_node;       // That it has to be sent to, if pinned or asking.
    std::uint16_t last_node = any_node;  // That it was sent to last.
    bool pinned = false;                 // It is for this node and no other.
    bool asking = false;                 // ASK: ASKING goes before it.
    bool may_have_run = false;           // A connection was lost with it on the way.
    std::string setback{};               // Why it has not come through yet, for the error.
    static constexpr std::uint16_t any_node = 0xffff;
};

class Engine;

// Lives until it has been told its end, in whatever memory its owner likes: on the stack of a
// thread that waits, in the frame of a coroutine, in a block of a pool.
class Operation : public QueueHook, public TimeHook {
public:
    explicit Operation(Request&& what) : request(std::move(what)) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    // Exactly one of them is called, once, on the engine's thread. The operation may be destroyed
    // inside. `reply` is no error (for a transaction: the reply of EXEC), and valid during the
    // call.
    virtual void succeeded(const Reply& reply) = 0;
    virtual void failed(Error&& error) = 0;
    // Instead of them, on the thread that starts it, when the answer is known without asking. The
    // operation may be destroyed inside, unless it says false: then it is to be asked for.
    virtual bool known(const Reply&) { return false; }

    Request request;
    // From start to TIMEOUT; zero: the engine's own. What blocks has the server's own time besides.
    Duration patience{};
    bool waited_for = false;  // Whoever starts it calls wait() next: nothing is called back.

    // The engine's notes from here on.
    Operation* next_in_inbox = nullptr;
    class Link* link = nullptr;  // That it was sent on.
    std::uint64_t ticket = 0;    // Its place among the requests of that link.
    std::uint64_t marker = 0;    // For the cache; zero: that has nothing to do with it.
    bool admitted = false;       // It counts among the bytes in flight.
    Trip trip;

protected:
    virtual ~Operation() = default;
};

}  // namespace grapevine::client
