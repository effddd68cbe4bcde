// Connections of a client to nodes, as the simulator's network carries their bytes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/link/wire.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// By which callers find it wherever it has moved: who has lost sight of every address that he
// knew can only be helped by a name.
std::string name_of(const Machine& machine);

class CallerNet final : public client::Outside {
public:
    // What a node answers to one command, encoded; nothing while it holds it back. `asking`: ASKING
    // came before it.
    using Answer = std::function<std::optional<std::string>(
        Machine& machine, std::span<const std::string_view> words, bool asking)>;

    CallerNet(World& world, Chance& chance, Answer answer);
    ~CallerNet();

    std::unique_ptr<client::Wire> connect(const std::string& host, std::uint16_t port,
                                          client::WireEvents& events) override;
    client::Instant now() const override;
    client::Instant clock() const override { return now(); }

    // Processes may have died since, and the network may end what it likes.
    void look();

private:
    struct Pipe;  // A connection; outlives the client's end of it.
    class Wire;
    using PipePtr = std::shared_ptr<Pipe>;

    Machine* find(const std::string& host, std::uint16_t port) const;
    void reach(const PipePtr& pipe);
    void send(const PipePtr& pipe, std::string_view bytes);
    void arrived(const PipePtr& pipe, const std::string& bytes);
    void serve(const PipePtr& pipe);
    std::optional<std::string> answer(Pipe& pipe, Machine& machine);
    void reply(const PipePtr& pipe, const std::string& bytes);
    void deliver(const PipePtr& pipe, const std::string& bytes);
    void end(Pipe& pipe, const std::string& reason);
    bool reaches(const Pipe& pipe) const;
    Time delay() { return Time{chance_.between(100, 3'000)}; }

    World& world_;
    Chance& chance_;
    Answer answer_;
    std::vector<PipePtr> pipes_;
};

}  // namespace grapevine::sim
