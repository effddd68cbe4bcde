// Every timeout of the bus: its default and its reason. Time comes in from outside; no clock is
// read here.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace grapevine::gossip {

// Time that never steps back. Only differences mean anything: the origin is the caller's choice.
struct Monotonic {};
using Duration = std::chrono::milliseconds;
using Instant = std::chrono::time_point<Monotonic, Duration>;

struct Timing {
    // cluster-node-timeout. A silent peer is suspected after this.
    Duration node_timeout{15'000};
    // How often Gossip::tick is called. A gap of more than two ticks means that we were stopped.
    Duration tick{100};
    // cluster-replica-validity-factor: a replica whose data is older than the data_age_limit() does
    // not stand for election. 0: any age will do.
    int replica_validity_factor = 10;
    // repl-ping-replica-period: the part of the data age that says nothing, as a primary may be
    // idle.
    Duration replication_ping{10'000};

    // FORGET keeps a node out for this long, so that gossip about it can die out (Redis: 60 s).
    Duration forget_ban{60'000};
    // A manual failover gives up after this; writes are paused no longer (Redis: 5 s).
    Duration manual_failover{5'000};
    // The second best replica stands for election this much after the best, and so on.
    Duration rank_delay{500};
    // The best replica waits this long for siblings that have not told their offset since the
    // crash.
    Duration sibling_wait{100};
    // Voters refuse a candidate with a better live sibling for this long after the failure.
    Duration better_sibling_patience{2'000};
    // A primary has to be without replicas for this long before one moves to it (Redis: 5 s).
    Duration orphan_patience{5'000};
    // An election without a majority is repeated after this, then after twice as long, and so on.
    Duration election_timeout{1'000};
    // The same when another candidate has asked since, in its epoch or in a later one: most likely
    // its votes have come by then, or will not come.
    Duration contest{100};
    // A replica of the second of two failed shards asks for votes when the first one is served, or
    // this much after the first one's has asked. Twice as long after each election that it lost.
    Duration shard_delay{50};
    // A restarted primary that owned slots waits for news of a successor (Redis: 2 s).
    Duration writable_delay{2'000};
    // A dropped link is opened again at once, then after this, doubling up to reconnect_limit.
    Duration reconnect_first{50};
    Duration reconnect_limit{1'000};

    // Voters ask each other this often, so that short leases suffice. A lease outlasts one answer
    // that is late, and an isolated primary is noticed when it has run out.
    Duration pulse{250};
    Duration lease{750};
    // More voters do not all ask each other that often, but each its witnesses only: see
    // witnesses.h. 49 peers are asked and answered for 12 KB/s.
    std::size_t most_pulsing_voters = 50;
    // How many a primary names. It goes on while most of them live.
    std::size_t witnesses = 7;
    // Then each voter asks another one this long after the one before.
    Duration ask_spacing{15};
    // The same for nodes with whom we share neither the voting nor a shard.
    Duration rare_ask_spacing{20};
    // An answer that takes longer makes the leases long again: the network is too slow.
    Duration quick_answer{150};
    // TCP sends again what was not acknowledged after 200 ms, and sooner on a quick network.
    Duration unacknowledged{400};
    // A host is given up when nothing has come from it for this long either.
    Duration host_silence{750};

    // Else silence is noticed as soon.
    bool has_short_lease() const { return lease < fence(); }
    // Who was cut off ceases to hear all others within one round of pulses.
    Duration recently_heard() const { return pulse + tick + quick_answer / 2; }
    // A peer that has no ping outstanding is pinged this long after its last answer. Redis uses
    // half of the node timeout; the fence needs two answers within that time.
    Duration ping_interval() const { return node_timeout / 4; }
    // The same for one with whom we share neither the voting nor a shard, and which asks us as
    // well: each link is used once within this, and the peer is heard twice.
    Duration rare_ping_interval(std::size_t nodes) const {
        return std::max(node_timeout, rare_ask_spacing * static_cast<Duration::rep>(nodes));
    }
    Duration ask_interval(std::size_t voters) const {
        return std::max(ping_interval(), ask_spacing * static_cast<Duration::rep>(voters));
    }
    // A primary that had no answer from a majority for this long stops accepting writes: well
    // before anybody may suspect it for its silence. With a short timeout an answer is nearly that
    // old when the next one comes: it gets a tick more, or the fence would close at every tick.
    Duration fence() const {
        const Duration between_answers = ping_interval() + tick * 3 / 2;
        return std::max(node_timeout / 2, std::min(node_timeout * 3 / 4, between_answers));
    }
    // The same where voters are asked rarely: see witnesses.h.
    Duration long_lease(std::size_t voters) const {
        return std::max(fence(), 2 * ask_interval(voters) + 2 * tick);
    }
    // A voter that has answered a primary's question does not vote against it for this long: the
    // primary counts on that answer for the time of the lease, which it looks at every tick, and
    // clocks may differ a little.
    Duration hold_off(Duration lease_given) const {
        return lease_given + lease_given / 64 + 2 * tick;
    }
    // No election lasts longer. Until then a vote may still depose a primary.
    Duration vote_life() const { return election_timeout * 13; }
    // An accusation counts for this long (cluster specification).
    Duration report_validity() const { return node_timeout * 2; }
    // A failed primary that answers again, but was not replaced, is believed after this.
    Duration fail_undo() const { return node_timeout * 2; }
    // A node that was met must answer within this.
    Duration handshake() const { return std::max(node_timeout, Duration{1'000}); }
    // A link without an answer for this long is replaced: it may be half open.
    Duration stale_link() const { return node_timeout / 2; }
    // A primary that was in a minority waits before it serves again (cluster specification).
    Duration rejoin() const { return std::clamp(node_timeout, Duration{500}, Duration{5'000}); }
    // Redis peers vote for the same primary's replicas at most this often.
    Duration redis_vote_spacing() const { return node_timeout * 2; }
    Duration data_age_limit() const {
        return replication_ping + node_timeout * replica_validity_factor;
    }
};

}  // namespace grapevine::gossip
