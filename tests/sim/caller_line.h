// One connection of a client to one node, as the simulator's network carries it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "client/route/router.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// By which callers find it wherever it has moved: who has lost sight of every address that he
// knew can only be helped by a name.
std::string name_of(const Machine& machine);

// A request of a client on its way.
struct Call {
    client::Facts facts;
    client::Trip trip;
    bool asks_for_map = false;
    bool probes = false;
    class Line* line = nullptr;  // That it is on,
    bool sent = false;           // and was written to.
    unsigned runs = 0;           // How often a node has done it.
    bool ended = false;
    std::optional<client::Effect> failed;
};
using CallPtr = std::shared_ptr<Call>;

class LineEvents {
public:
    virtual void answered(Line& line, const CallPtr& call, const std::string& reply) = 0;
    virtual void refused(Line& line, const CallPtr& call, const std::string& error) = 0;
    virtual void lost(Line& line, const CallPtr& call, bool sent, const std::string& reason) = 0;
    virtual void opened(Line& line) = 0;
    virtual void closed(Line& line, bool was_open) = 0;

protected:
    ~LineEvents() = default;
};

class Line {
public:
    Line(World& world, Chance& chance, LineEvents& events, client::route::NodeIndex node,
         slots::Endpoint endpoint);

    client::route::NodeIndex node() const { return node_; }
    // Connects when it is not connected.
    void send(const CallPtr& call);
    void drop(const std::string& reason);
    bool connecting() const { return state_ == State::connecting; }
    // Since when it owes a connection or an answer and has sent nothing.
    std::optional<Time> silent_since() const;
    // Its machine's process may have died since; the network may end it.
    void look();

private:
    enum class State : std::uint8_t { closed, connecting, open };
    struct Wire;  // One connection; outlives the line's interest in it.

    void connect();
    void greet(const std::shared_ptr<Wire>& wire);
    void write(const CallPtr& call);
    void arrived(const std::shared_ptr<Wire>& wire, const CallPtr& call, bool asking);
    void serve(const std::shared_ptr<Wire>& wire);
    void reply(const std::shared_ptr<Wire>& wire, const std::string& text);
    void replied(const std::string& text);
    Machine* find() const;
    Time delay() { return Time{chance_.between(100, 3'000)}; }

    World& world_;
    Chance& chance_;
    LineEvents& events_;
    client::route::NodeIndex node_;
    slots::Endpoint endpoint_;
    State state_ = State::closed;
    std::shared_ptr<Wire> wire_;
    std::deque<CallPtr> parked_;   // Until it is open.
    std::deque<CallPtr> on_wire_;  // In the order of their answers. Null: its caller has left.
    Time quiet_since_{0};
    Time retry_at_{0};
    std::string last_reason_;
};

}  // namespace grapevine::sim
