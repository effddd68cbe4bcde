// What a large cluster costs in peace, and how fast it mends: the figures beside Redis's formula.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "slots/result.h"
#include "tests/sim/plan.h"

namespace grapevine::sim {

struct FiguresWish {
    std::size_t nodes = 10;  // Even, 6 at least: primaries with one replica each.
    std::int64_t node_timeout_ms = 15'000;
    std::uint64_t seed = 1;
    // So many nodes are real cores, even, 6 at least; the others are stand-ins (ghosts.h).
    // 0: all of a cluster that is not too large for it.
    std::size_t real = 0;
};

// Over all nodes.
struct Spread {
    double median = 0;
    double most = 0;
};

// Of one node, each second.
struct PeaceFigures {
    Spread bytes;  // Of the bus.
    Spread wire;   // With what TCP/IP adds: see traffic.h.
    Spread messages;
};

// Since the loss. Nothing: it did not happen within a minute and three node timeouts.
struct LossFigures {
    std::optional<Time> noticed;  // Somebody suspects one of the lost.
    std::optional<Time> failed;   // Somebody holds one of them for failed, by a majority.
    std::optional<Time> served;   // Replicas of all that were lost accept writes for their slots.
    double most_bytes = 0;        // That one node sent until 2 s after that.
};

struct Figures {
    FiguresWish wish;
    std::size_t real = 0;  // Nodes that were real cores: only these are measured.
    PeaceFigures peace;
    LossFigures crash;  // A primary's process ends.
    LossFigures host;   // A primary's host falls silent.
    // The processes of half of the primaries, less one, at once. Not with stand-ins.
    std::optional<LossFigures> half;
    std::uint64_t events = 0;
    double seconds = 0;  // On the wall.
};

// What Redis 7 sends: every node pings every other one within half of the node timeout, is
// answered, and pings one more each second; each message tells of a tenth of the nodes (cluster
// specification). Its pings are fewer where gossip brings news of a peer first: that is not in it.
struct RedisFormula {
    double message_bytes = 0;
    double messages = 0;  // Out of one node, each second.
    double bytes() const { return message_bytes * messages; }
};
RedisFormula redis_formula(std::size_t nodes, std::int64_t node_timeout_ms);

// `progress` is told what is being done. An error: the cluster never came to serve.
Result<Figures> take_figures(const FiguresWish& wish,
                             const std::function<void(const std::string&)>& progress = {});

}  // namespace grapevine::sim
