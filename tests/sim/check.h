// A check watches a run for something that must never happen. Each is small, and sees everything.
#pragma once

#include <memory>
#include <optional>
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

// An order to all nodes that are awake, each with the memory that it had when it was told.
struct Forgetting {
    NodeId id;
    Time told{0};
    std::vector<std::optional<unsigned>> memories;  // By machine; none: it was not told.
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
    // An operator has got this answer; when the order was carried out, `decided` was the newest
    // generation.
    virtual void answered(const Machine&, const gossip::Order&,
                          const Result<std::string>& /*reply*/, gossip::Generation /*decided*/) {}
    // Every node that could be told has said OK to an order to forget it.
    virtual void forgotten(const Forgetting&) {}
    // The whole cluster should agree now.
    virtual void converged() {}

protected:
    World& world;
};

using Checks = std::vector<std::unique_ptr<Check>>;
Checks all_checks(World& world);

}  // namespace grapevine::sim
