// Reads that replicas may answer: who does. After any setback or redirection it is the primary.
#include "client/route/router.h"

namespace grapevine::client::route {
namespace {

// Every so often a read of `nearest` goes to the next one instead: a node that was slow once is
// measured again.
constexpr std::uint32_t exploring = 64;
constexpr Duration offsets_last = std::chrono::milliseconds(500);

}  // namespace

const Router::Health& Router::seen(NodeIndex node) const {
    static const Health unknown;
    return node < health_.size() ? health_[node] : unknown;
}

// By the time the request was started: pure, and late by what it waited at most.
bool Router::may_read(const Facts& facts, const Trip& trip, NodeIndex node,
                      NodeIndex primary) const {
    if (trip.started < seen(node).avoid_until) return false;
    return node == primary || facts.from != ReadFrom::bounded ||
           is_close(node, primary, trip.started);
}

bool Router::is_close(NodeIndex replica, NodeIndex primary, Instant at) const {
    const Health& behind = seen(replica);
    const Health& front = seen(primary);
    return at < behind.offset_until && at < front.offset_until &&
           front.offset - behind.offset <= most_lag_;
}

NodeIndex Router::reader(const Facts& facts, const Trip& trip, NodeIndex primary) {
    reads_replicas_ = true;
    if (facts.from == ReadFrom::bounded) offsets_wanted_ = true;
    const auto& replicas = map_.replicas_of(primary);
    const std::size_t count = replicas.size() + 1;
    const bool nearest = facts.from == ReadFrom::nearest;
    const std::size_t turn = turn_++;
    const std::size_t first = nearest ? turn / exploring : turn;
    const bool in_turn = !nearest || turn % exploring == 0;
    NodeIndex best = no_node;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t choice = (first + i) % count;
        const NodeIndex node = choice < replicas.size() ? replicas[choice] : primary;
        if (!may_read(facts, trip, node, primary)) continue;
        if (in_turn) return node;
        if (best == no_node || seen(node).latency < seen(best).latency) best = node;
    }
    return best == no_node ? primary : best;
}

void Router::avoid(NodeIndex node, Instant until) {
    health(node).avoid_until = until;
}

void Router::measured(NodeIndex node, Duration recently) {
    health(node).latency = recently;
}

void Router::offset(NodeIndex node, std::optional<std::int64_t> offset, Instant now) {
    Health& one = health(node);
    one.offset = offset.value_or(0);
    one.offset_until = offset ? now + offsets_last : Instant{};
}

}  // namespace grapevine::client::route
