// Clients that write and read through the maps that the nodes publish, and never write a value
// twice.
#pragma once

#include <map>
#include <optional>

#include "slots/route.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

class Clients {
public:
    explicit Clients(World& world);

    void start();

private:
    struct Client {
        std::map<std::uint16_t, std::size_t> owners;  // Of slots, as it knows; machines.
    };
    struct Request {
        std::size_t client = 0;
        slots::Slot slot;
        bool writes = false;
        bool waits = false;  // For every replica.
    };

    void act(std::size_t client);
    void handle(const Request& request, Machine& machine);
    void redirect(const Request& request, const Machine& machine, const slots::Route& route);
    void write(const Request& request, Machine& machine);
    std::size_t replicas_of(const Machine& primary) const;
    // For so many replicas, or for more if others have come since.
    void wait(const Kept& written, Machine& machine, std::size_t wanted, unsigned tries);
    Time delay() { return Time{chance_.between(100, 2'000)}; }

    World& world_;
    Chance chance_;
    std::vector<Client> clients_;
    std::uint64_t last_value_ = 0;
};

}  // namespace grapevine::sim
