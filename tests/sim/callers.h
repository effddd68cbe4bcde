// Clients that go by the client library's own router (client/route): what they are promised is
// watched over while the cluster under them changes. They add nothing to the nodes' data and draw
// from chance of their own, so that the same seed without them is the same run of the cluster.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "client/route/router.h"
#include "tests/sim/caller_line.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// What client/engine does with sockets and timers, done with the simulator's: requests go out,
// setbacks go to the router, verdicts are carried out.
class Caller final : LineEvents {
public:
    Caller(World& world, std::size_t number);

    void start();
    // From now on only probe() sends anything.
    void rest() { resting_ = true; }
    // A read and a write of every slot: true when the last round of them came through without a
    // redirection or a setback. Starts the next one when there is none on its way.
    bool probe();

private:
    void look();
    void act();
    void call(std::uint16_t slot, client::Trait traits, Time patience, bool probes);
    void dispatch(const CallPtr& call);
    void follow(const client::route::Verdict& verdict, const CallPtr& call);
    void time_out(const CallPtr& call);
    void end(const CallPtr& call, std::optional<client::Effect> failed);
    void ask_for_map();
    void learned(const std::string& reply, std::size_t machine);
    Line& line_to(client::route::NodeIndex node);
    client::Instant now() const;

    void answered(Line& line, const CallPtr& call, const std::string& reply) override;
    void refused(Line& line, const CallPtr& call, const std::string& error) override;
    void lost(Line& line, const CallPtr& call, bool sent, const std::string& reason) override;
    void opened(Line& line) override { router_.up(line.node()); }
    void closed(Line& line, bool was_open) override;

    World& world_;
    Chance chance_;
    client::route::Router router_;
    std::vector<std::unique_ptr<Line>> lines_;  // By node.
    std::deque<Time> questions_;                // Of the last ten seconds.
    CallPtr question_;
    bool resting_ = false;
    unsigned probing_ = 0;  // Calls of this round that have not ended.
    bool smooth_ = false;   // The round so far.
};

class Callers {
public:
    explicit Callers(World& world);

    void start();
    // The cluster agrees: every call has to come through without a detour, soon.
    void must_settle();

private:
    World& world_;
    std::vector<std::unique_ptr<Caller>> callers_;
};

}  // namespace grapevine::sim
