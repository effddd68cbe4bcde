// A check watches a run for something that must never happen. Each is small, and sees everything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gossip/effects.h"
#include "tests/sim/data.h"
#include "tests/sim/machine.h"

namespace grapevine::sim {

class World;

// One thing that happens to a core.
struct Turn {
    enum class Kind : std::uint8_t { tick, link, message, saved, order, facts };
    Kind kind = Kind::tick;
    Machine& machine;
    const gossip::Message* message = nullptr;
    gossip::LinkId link{};
    const gossip::Order* order = nullptr;
};

class Check {
public:
    explicit Check(World& watched) : world(watched) {}
    virtual ~Check() = default;
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;

    virtual void started(const Machine&) {}
    virtual void before(const Turn&) {}
    virtual void after(const Turn&) {}
    // It leaves the machine. `to` is dead or unknown: none.
    virtual void sent(const Machine&, const gossip::Send&, const NodeId& /*to*/) {}
    virtual void announced(const Machine&, const gossip::Announcement&) {}
    virtual void died(const Machine&) {}
    // It was stopped or goes on.
    virtual void woken(const Machine&) {}
    // A client's write was accepted; a client read.
    virtual void wrote(const Machine&, slots::Slot) {}
    virtual void read(const Machine&, slots::Slot) {}
    // A write that every replica has confirmed.
    // All that the machine stores is about to be replaced by this.
    virtual void replaces(const Machine&, const std::vector<Entry>&) {}
    virtual void kept(const Kept&) {}
    // Every live node was told to forget it, and said OK.
    virtual void forgotten(const NodeId&) {}
    // The whole cluster should agree now.
    virtual void converged() {}

protected:
    World& world;
};

using Checks = std::vector<std::unique_ptr<Check>>;
Checks all_checks(World& world);

}  // namespace grapevine::sim
