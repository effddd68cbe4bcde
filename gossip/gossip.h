// The rumour: who is in the cluster, who owns which slots, who has failed, and who takes over.
// A pure state machine over the Redis cluster bus: events and the time go in, effects come out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gossip/effects.h"
#include "gossip/message.h"
#include "gossip/order.h"
#include "gossip/settings.h"
#include "gossip/state.h"
#include "gossip/status.h"
#include "gossip/timing.h"
#include "slots/result.h"
#include "slots/topology.h"

namespace grapevine::gossip {

struct Core;

// What the shell knows of this node's replication; the core compares it with what it hears of
// others.
struct Replication {
    // Bytes of the stream: made (a primary) or applied (a replica). 0: what is here is not whole.
    std::uint64_t offset = 0;
    bool writes_held = false;  // A primary's: WritesPaused is in force, so `offset` stands still.

    // The rest is a replica's, about its link to the primary of this Follow; of an earlier one it
    // is ignored.
    std::uint64_t follow = 0;
    bool link_up = false;           // The stream flows.
    bool in_step = false;           // It has flowed.
    Duration data_age{0};           // Since the primary last sent anything.
    bool primary_has_less = false;  // It offers other data, and less than what is here.
};

// OK or another short text for the client, or the error it gets; and what is to be done.
struct Obeyed {
    Result<std::string> reply;
    // The reply promises what this generation holds: it is to be given once that is saved, and an
    // error in its place when that fails. 0: at once.
    Generation promises = 0;
    Effects effects;
};

// One node's view of its cluster. Not thread-safe; every call is cheap and never blocks. Instants
// must not step back. What it says aloud is only what the last saved generation holds, so it
// neither breaks a promise over a restart nor ever waits for a disk.
class Gossip {
public:
    // `state` is what was saved last, or State::fresh. `seed` feeds every choice that is left to
    // chance. `restarted`: the state was read from a disk, so the node may have been replaced
    // meanwhile.
    Gossip(Settings settings, const State& state, bool restarted, std::uint64_t seed, Instant now);
    ~Gossip();
    Gossip(Gossip&&) noexcept;
    Gossip& operator=(Gossip&&) noexcept;

    // To be called every Timing::tick.
    Effects tick(Instant now);

    // Somebody connected to our bus port. Both addresses without ports: `remote` is where the peer
    // is, `local` is how it reached us. Report its end with link_event(closed).
    LinkId accepted(std::string remote, std::string local, Instant now);
    Effects link_event(LinkId link, LinkEvent event, Instant now);
    // Messages of links that are unknown (any more) are ignored.
    Effects receive(LinkId link, const Message& message, Instant now);

    // The text of Save was written durably.
    Effects saved(Generation generation, Instant now);

    // Errors are worded as Redis 7.0 words them.
    Obeyed obey(const Order& order, Instant now);
    // To all nodes, or for a sharded message to those of this shard.
    Effects publish(Publish message, Instant now);

    // To be told before every tick, and at once when a link to the primary comes or goes, or while
    // a manual failover waits for the offset.
    Effects replication(const Replication& replication, Instant now);
    Effects configure(Settings settings, Instant now);

    Status status(Instant now) const;
    // Until when this primary may confirm writes; see fence.h. To be asked after every call above.
    Instant lease() const;
    // The last one announced; never null.
    slots::TopologyPtr topology() const;
    const NodeId& self() const;
    // Everything it believes, for those who examine it: simulations.
    const Core& inside() const { return *core_; }

private:
    std::unique_ptr<Core> core_;
};

}  // namespace grapevine::gossip
