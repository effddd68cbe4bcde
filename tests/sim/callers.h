// Clients that are made of the client library's own router and links: what they are promised is
// watched over while the cluster under them changes. They add nothing to the nodes' data and draw
// from chance of their own, so that the same seed without them is the same run of the cluster.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "client/route/router.h"
#include "tests/sim/caller_call.h"
#include "tests/sim/caller_net.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

// What client/engine does with sockets and timers, done with the simulator's: requests go out over
// the library's own links (client/link), setbacks go to the router, verdicts are carried out.
class Caller final : client::LinkEvents {
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
    void look_at(client::Link& link);
    void act();
    void call(std::uint16_t slot, client::Trait traits, Time patience, bool probes);
    Call& add(client::Request request, Time patience);
    void dispatch(Call& call);
    void follow(const client::route::Verdict& verdict, Call& call);
    void time_out(Call& call);
    void end(Call& call, std::optional<client::Effect> failure);
    void ask_for_map();
    void learned(const client::Reply& reply, client::route::NodeIndex node);
    client::Link& link_to(client::route::NodeIndex node);
    std::optional<std::string> answer(Machine& machine, std::span<const std::string_view> words,
                                      bool asking);
    client::Instant now() const { return net_.now(); }

    void answered(client::Link& link, client::Operation& call, const client::Reply& reply) override;
    void refused(client::Link& link, client::Operation& call, std::string_view error) override;
    void lost(client::Link& link, client::Operation& call, bool sent,
              const std::string& reason) override;
    bool pushed(client::Link&, const client::Reply&) override { return false; }
    void measured(client::Link& link, client::Duration took) override;
    void opened(client::Link& link) override { router_.up(link.node()); }
    void closed(client::Link& link, bool was_open, const std::string& reason) override;
    void has_output(client::Link& link) override;

    World& world_;
    Chance chance_;
    CallerNet net_;
    client::route::Router router_;
    std::deque<Call> calls_;                            // All of them, by number.
    std::vector<std::unique_ptr<client::Link>> links_;  // By node.
    std::deque<client::Meter> meters_;                  // Of the links, in any order.
    std::deque<Time> questions_;                        // Of the last ten seconds.
    Call* question_ = nullptr;
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
