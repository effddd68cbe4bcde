#include "tests/sim/caller_net.h"

#include <algorithm>
#include <vector>

#include "client/resp/request.h"

namespace grapevine::sim {

struct CallerNet::Pipe {
    Wire* wire = nullptr;  // Null: the client has closed it.
    std::size_t machine = 0;
    unsigned life = 0;  // Of its process.
    bool connected = false;
    bool delivers = true;  // What is still on the way to the node.
    bool heard = true;     // The client hears of the end of that process.
    Time there_at{0};      // When the last bytes arrive, in either direction: they keep their
    Time back_at{0};       // order.
    std::string inbox;     // What the node has not answered.
    client::resp::RequestReader reader;
    bool asking = false;
    bool held = false;  // The node waits before it goes on with the inbox.
};

class CallerNet::Wire final : public client::Wire {
public:
    Wire(CallerNet& net, PipePtr pipe, client::WireEvents& told)
        : events(told), net_(net), pipe_(std::move(pipe)) {
        pipe_->wire = this;
    }
    ~Wire() override {
        pipe_->wire = nullptr;
        pipe_->delivers = net_.chance_.happens(500);
    }

    void write(std::string_view bytes) override {
        net_.send(pipe_, bytes);
        if (!net_.world_.in_danger || !net_.chance_.happens(20)) return;
        waits_ = true;
        net_.world_.scheduler.after(net_.delay(), [pipe = pipe_] {
            if (pipe->wire != nullptr) pipe->wire->drained();
        });
    }
    bool waiting() const override { return waits_; }
    bool shaking_hands() const override { return false; }
    std::string_view buffer() const override { return unread_; }
    void consume(std::size_t bytes) override { unread_.erase(0, bytes); }
    void expect(std::size_t) override {}

    void received(const std::string& bytes) {
        unread_ += bytes;
        events.received();
    }
    void drained() {
        waits_ = false;
        events.drained();
    }

    client::WireEvents& events;

private:
    CallerNet& net_;
    PipePtr pipe_;
    std::string unread_;
    bool waits_ = false;
};

std::string name_of(const Machine& machine) {
    return "node-" + std::to_string(machine.number);
}

CallerNet::CallerNet(World& world, Chance& chance, Answer answer)
    : world_(world), chance_(chance), answer_(std::move(answer)) {}
CallerNet::~CallerNet() = default;

client::Instant CallerNet::now() const {
    return client::Instant{} + 1h + world_.scheduler.now();
}

Machine* CallerNet::find(const std::string& host, std::uint16_t port) const {
    for (Machine& machine : world_.machines)
        if ((machine.address == host || name_of(machine) == host) && machine.port == port)
            return &machine;
    return nullptr;
}

// A host that is not there says nothing; one whose process is gone mostly refuses.
std::unique_ptr<client::Wire> CallerNet::connect(const std::string& host, std::uint16_t port,
                                                 client::WireEvents& events) {
    const auto pipe = std::make_shared<Pipe>();
    auto wire = std::make_unique<Wire>(*this, pipe, events);
    const Machine* machine = find(host, port);
    const bool swallowed = world_.in_danger && chance_.happens(30);
    if (machine == nullptr || swallowed) return wire;
    pipe->machine = machine->number;
    pipe->life = machine->life;
    pipe->heard = chance_.happens(700);
    pipes_.push_back(pipe);
    world_.scheduler.after(delay(), [this, pipe] { reach(pipe); });
    return wire;
}

bool CallerNet::reaches(const Pipe& pipe) const {
    const Machine& machine = world_.machines[pipe.machine];
    return machine.alive() && machine.life == pipe.life;
}

// A process that is stopped has a kernel that takes connections.
void CallerNet::reach(const PipePtr& pipe) {
    if (pipe->wire == nullptr) return;
    if (!reaches(*pipe)) {
        if (pipe->heard) end(*pipe, "connection refused");
        return;
    }
    pipe->connected = true;
    pipe->wire->events.connected();
}

void CallerNet::send(const PipePtr& pipe, std::string_view bytes) {
    pipe->there_at = std::max(pipe->there_at, world_.scheduler.now() + delay());
    world_.scheduler.at(pipe->there_at,
                        [this, pipe, text = std::string(bytes)] { arrived(pipe, text); });
}

// Also when the client has closed it meanwhile: what was sent may be done.
void CallerNet::arrived(const PipePtr& pipe, const std::string& bytes) {
    if (!pipe->delivers || !reaches(*pipe)) return;
    world_.when_awake(world_.machines[pipe->machine], [this, pipe, bytes] {
        pipe->inbox += bytes;
        if (!pipe->held) serve(pipe);
    });
}

// What is held back holds up what comes behind it on its connection.
void CallerNet::serve(const PipePtr& pipe) {
    Machine& machine = world_.machines[pipe->machine];
    std::string replies;
    for (;;) {
        const auto size = pipe->reader.read(pipe->inbox);
        if (!size) return world_.violated("WholeRequests", "a client sends " + size.error().text);
        if (*size == 0) break;
        const auto text = answer(*pipe, machine);
        pipe->held = !text;
        if (pipe->held) break;
        replies += *text;
        pipe->inbox.erase(0, *size);
    }
    if (!replies.empty()) reply(pipe, replies);
    if (!pipe->held) return;
    world_.scheduler.after(20ms, [this, pipe, &machine] {
        if (machine.life == pipe->life) world_.when_awake(machine, [this, pipe] { serve(pipe); });
    });
}

std::optional<std::string> CallerNet::answer(Pipe& pipe, Machine& machine) {
    const auto words = pipe.reader.args();
    if (words[0] == "HELLO") return "%0\r\n";
    if (words[0] == "ASKING") {
        pipe.asking = true;
        return "+OK\r\n";
    }
    auto text = answer_(machine, words, pipe.asking);
    if (text) pipe.asking = false;
    return text;
}

// In one piece or in two.
void CallerNet::reply(const PipePtr& pipe, const std::string& bytes) {
    const std::size_t cut = chance_.happens(200) ? chance_.below(bytes.size()) : bytes.size();
    for (const std::string& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
        if (piece.empty()) continue;
        pipe->back_at = std::max(pipe->back_at, world_.scheduler.now() + delay());
        world_.scheduler.at(pipe->back_at, [this, pipe, piece] { deliver(pipe, piece); });
    }
}

void CallerNet::deliver(const PipePtr& pipe, const std::string& bytes) {
    if (pipe->wire == nullptr) return;
    if (world_.in_danger && chance_.happens(5)) return end(*pipe, "connection reset by peer");
    pipe->wire->received(bytes);
}

void CallerNet::end(Pipe& pipe, const std::string& reason) {
    pipe.wire->events.ended(reason);
}

// A host that is back answers what belongs to no connection of its own.
void CallerNet::look() {
    std::erase_if(pipes_, [](const PipePtr& pipe) { return pipe->wire == nullptr; });
    const auto pipes = pipes_;  // Whoever is told may connect again.
    for (const PipePtr& pipe : pipes) {
        if (pipe->wire == nullptr || !pipe->connected) continue;
        const bool alive = world_.machines[pipe->machine].alive();
        const bool told = !reaches(*pipe) && (pipe->heard || alive);
        if (told || (world_.in_danger && chance_.happens(3)))
            end(*pipe, "connection reset by peer");
    }
}

}  // namespace grapevine::sim
