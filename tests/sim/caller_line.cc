#include "tests/sim/caller_line.h"

#include <algorithm>

#include "tests/sim/caller_node.h"

namespace grapevine::sim {

struct Line::Wire {
    std::size_t machine = 0;
    unsigned life = 0;     // Of its process.
    bool delivers = true;  // What is still on the way to the node.
    bool heard = true;     // The client hears of the end of that process.
    Time there_at{0};      // When the last bytes arrive, in either direction: they keep their
    Time back_at{0};       // order.
    std::deque<std::pair<CallPtr, bool>> inbox;  // With whether ASKING came before it.
};

std::string name_of(const Machine& machine) {
    return "node-" + std::to_string(machine.number);
}

Line::Line(World& world, Chance& chance, LineEvents& events, client::route::NodeIndex node,
           slots::Endpoint endpoint)
    : world_(world),
      chance_(chance),
      events_(events),
      node_(node),
      endpoint_(std::move(endpoint)) {}

Machine* Line::find() const {
    for (Machine& machine : world_.machines)
        if ((machine.address == endpoint_.host || name_of(machine) == endpoint_.host) &&
            machine.port == endpoint_.port)
            return &machine;
    return nullptr;
}

void Line::send(const CallPtr& call) {
    call->line = this;
    if (state_ == State::open) return write(call);
    if (state_ == State::closed) {
        if (world_.scheduler.now() < retry_at_) {
            call->line = nullptr;
            return events_.lost(*this, call, false, last_reason_);
        }
        connect();
    }
    parked_.push_back(call);
}

// A host that is not there says nothing; one whose process is gone mostly refuses. A process that
// is stopped has a kernel that takes connections.
void Line::connect() {
    state_ = State::connecting;
    quiet_since_ = world_.scheduler.now();
    wire_ = std::make_shared<Wire>();
    Machine* machine = find();
    const bool swallowed = world_.in_danger && chance_.happens(30);
    if (machine == nullptr || swallowed) return;
    wire_->machine = machine->number;
    wire_->life = machine->life;
    wire_->heard = chance_.happens(700);
    world_.scheduler.after(delay(), [this, wire = wire_, machine] {
        if (wire != wire_) return;
        if (machine->alive() && machine->life == wire->life) return greet(wire);
        if (wire->heard) drop("connection refused");
    });
}

void Line::greet(const std::shared_ptr<Wire>& wire) {
    world_.when_awake(world_.machines[wire->machine], [this, wire] {
        world_.scheduler.after(delay(), [this, wire] {
            if (wire != wire_) return;
            state_ = State::open;
            quiet_since_ = world_.scheduler.now();
            events_.opened(*this);
            while (state_ == State::open && !parked_.empty()) {
                const CallPtr next = parked_.front();
                parked_.pop_front();
                if (!next->ended) write(next);
            }
        });
    });
}

void Line::write(const CallPtr& call) {
    if (on_wire_.empty()) quiet_since_ = world_.scheduler.now();
    ++call->trip.attempts;
    call->sent = true;
    on_wire_.push_back(call);
    wire_->there_at = std::max(wire_->there_at, world_.scheduler.now() + delay());
    world_.scheduler.at(wire_->there_at, [this, wire = wire_, call, asking = call->trip.asking] {
        arrived(wire, call, asking);
    });
}

// Also when the client has given it up meanwhile: what was sent may be done.
void Line::arrived(const std::shared_ptr<Wire>& wire, const CallPtr& call, bool asking) {
    Machine& machine = world_.machines[wire->machine];
    if (!wire->delivers || !machine.alive() || machine.life != wire->life) return;
    world_.when_awake(machine, [this, wire, call, asking] {
        wire->inbox.emplace_back(call, asking);
        if (wire->inbox.size() == 1) serve(wire);
    });
}

// A write that is held back holds up what comes behind it on its connection.
void Line::serve(const std::shared_ptr<Wire>& wire) {
    Machine& machine = world_.machines[wire->machine];
    while (!wire->inbox.empty()) {
        const auto [call, asking] = wire->inbox.front();
        if (machine.writes_held && !call->facts.reads())
            return world_.scheduler.after(20ms, [this, wire, &machine] {
                if (machine.life == wire->life)
                    world_.when_awake(machine, [this, wire] { serve(wire); });
            });
        wire->inbox.pop_front();
        reply(wire, answer_of(world_, machine, *call, asking, chance_));
    }
}

void Line::reply(const std::shared_ptr<Wire>& wire, const std::string& text) {
    wire->back_at = std::max(wire->back_at, world_.scheduler.now() + delay());
    world_.scheduler.at(wire->back_at, [this, wire, text] {
        if (wire != wire_ || state_ != State::open) return;
        if (world_.in_danger && chance_.happens(5)) return drop("connection reset by peer");
        replied(text);
    });
}

void Line::replied(const std::string& text) {
    quiet_since_ = world_.scheduler.now();
    const CallPtr call = on_wire_.front();
    on_wire_.pop_front();
    if (call->ended) return;
    call->line = nullptr;
    call->sent = false;
    if (text[0] != '-') return events_.answered(*this, call, text);
    events_.refused(*this, call, text.substr(1));
}

void Line::drop(const std::string& reason) {
    if (state_ == State::closed) return;
    const bool was_open = state_ == State::open;
    const Time now = world_.scheduler.now();
    state_ = State::closed;
    last_reason_ = reason;
    retry_at_ = was_open ? Time{0} : now + 10ms;
    wire_->delivers = chance_.happens(500);
    wire_ = nullptr;
    const auto parked = std::exchange(parked_, {});
    const auto sent = std::exchange(on_wire_, {});
    events_.closed(*this, was_open);
    for (const auto& [calls, were_sent] : {std::pair{&sent, true}, std::pair{&parked, false}}) {
        for (const CallPtr& call : *calls) {
            if (call->ended) continue;
            call->line = nullptr;
            call->sent = false;
            events_.lost(*this, call, were_sent, reason);
        }
    }
}

std::optional<Time> Line::silent_since() const {
    if (state_ == State::connecting || !on_wire_.empty()) return quiet_since_;
    return {};
}

void Line::look() {
    if (state_ != State::open) return;
    const Machine& machine = world_.machines[wire_->machine];
    const bool gone = !machine.alive() || machine.life != wire_->life;
    // A host that is back answers what belongs to no connection of its own.
    if (gone && (wire_->heard || machine.alive())) return drop("connection reset by peer");
    if (world_.in_danger && chance_.happens(3)) drop("connection reset by peer");
}

}  // namespace grapevine::sim
