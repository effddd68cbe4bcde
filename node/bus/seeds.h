// Finds the cluster when nobody knows any more where anybody is: all have moved at once, or this
// node is new.
//
// While this node has links to fewer than a majority of the others that it knows, or knows nobody,
// it asks at the seeds that an operator has named (cluster-seeds), and wherever the host names of
// members lead now. Without either it does nothing.
//
// A seed is not an operator's word. Whom it finds is met as CLUSTER MEET does it, but the MEET says
// so (gossip/handshake.h), and nobody is brought back by it who was forgotten: neither a forgotten
// node by its own seeds, as those whom it asks remember (gossip/graves.h), nor one that lives where
// a seed of the others points to. Redis nodes know nothing of that: they believe any MEET.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gossip/order.h"
#include "gossip/timing.h"
#include "node/config/seed.h"
#include "slots/topology.h"

namespace grapevine::node::bus {

using config::Seed;

// It has links to a majority of the others that it knows.
bool is_in_touch(const slots::Topology& map);

// The seeds, then the members' host names with the ports that they had last; each place once.
// Nobody while the node is in touch, or where this node or one that it is linked with is.
std::vector<Seed> whom_to_ask(const std::vector<Seed>& seeds, const slots::Topology& map);

class Seeds {
public:
    static constexpr gossip::Duration period{2'000};

    using Addresses = Result<std::vector<std::string>>;
    using Resolve = std::function<void(const std::string& name, std::function<void(Addresses)>)>;
    using Meet = std::function<void(const gossip::Meet&)>;
    // `resolve` answers once, at any time while this lives.
    Seeds(Resolve resolve, Meet meet) : resolve_(std::move(resolve)), meet_(std::move(meet)) {}

    void plant(std::vector<Seed> seeds) { seeds_ = std::move(seeds); }
    // To be called more often than every `period`; the first time it asks at once.
    void tick(gossip::Instant now, slots::TopologyPtr map);

private:
    void ask(const Seed& place);
    void ask_at(const Seed& place, const Addresses& addresses);
    void note_trouble(const std::string& name, const std::string& trouble);

    Resolve resolve_;
    Meet meet_;
    std::vector<Seed> seeds_;
    slots::TopologyPtr map_;  // As of the last tick.
    gossip::Instant next_round_{};
    std::set<Seed> unresolved_;                    // Their addresses are being looked up.
    std::map<std::string, std::string> troubles_;  // Of names that had no address last, and why.
};

}  // namespace grapevine::node::bus
