// Machines that are lost, and when the others have noticed, agreed about it and mended it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tests/sim/world.h"

namespace grapevine::sim {

class Losses {
public:
    // Kills `machines`, primaries, now. With their hosts: nobody is told anything.
    Losses(World& world, const std::vector<std::size_t>& machines, bool with_host);
    ~Losses();
    Losses(const Losses&) = delete;
    Losses& operator=(const Losses&) = delete;

    // Since then. See LossFigures.
    std::optional<Time> noticed() const;
    std::optional<Time> failed() const;
    std::optional<Time> served() const;

private:
    class Watch;

    World& world_;
    Watch* watch_;  // Belongs to the world's checks.
};

}  // namespace grapevine::sim
