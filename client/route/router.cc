#include "client/route/router.h"

#include <algorithm>
#include <array>

#include "client/route/mutant.h"
#include "slots/redirect.h"

namespace grapevine::client::route {
namespace {

// The node could not or would not do it now: the same request may come through later. Redis 7.0's
// codes; UNBLOCKED is what a command that waited for a key is told when its slot leaves.
constexpr std::array passing = {"TRYAGAIN",   "CLUSTERDOWN", "LOADING",
                                "MASTERDOWN", "READONLY",    "UNBLOCKED"};
// The node is not what the map says it is.
constexpr std::array misplaced = {"CLUSTERDOWN", "READONLY", "MASTERDOWN", "LOADING", "UNBLOCKED"};
// The server looked at the caller and not at the command.
constexpr std::array turned_away = {"NOAUTH",     "WRONGPASS", "NOPERM",    "MISCONF",
                                    "NOREPLICAS", "OOM",       "EXECABORT", "CROSSSLOT"};

// Where a request that is for one node only does not look.
constexpr std::array elsewhere = {"MOVED", "ASK"};

constexpr Duration pause_of_reads = std::chrono::seconds(1);  // At a node that would not serve.
constexpr unsigned most_redirects = 4;                        // At once, one after the other.

template <std::size_t N>
bool contains(const std::array<const char*, N>& codes, std::string_view code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// What an error that is the caller's says about what was done.
Effect effect_of(const Facts& facts, std::string_view code, std::string_view error) {
    // Without MULTI what follows it is done one by one.
    const bool no_multi =
        facts.transaction && code == "NOPERM" && error.find("'multi'") != error.npos;
    if (no_multi) return Effect::unknown;
    const bool refused = facts.transaction || contains(turned_away, code) ||
                         contains(passing, code) || contains(elsewhere, code);
    return refused ? Effect::refused : Effect::ran;
}

}  // namespace

Router::Router(std::vector<slots::Endpoint> seeds, std::uint32_t chance, RefreshSettings refresh,
               Backoff backoff)
    : refresh_(refresh), backoff_(backoff), chance_(chance), gap_(refresh.first_gap) {
    for (const slots::Endpoint& seed : seeds) {
        const NodeIndex node = directory_.index_of(seed.host, seed.port);
        if (std::find(seeds_.begin(), seeds_.end(), node) == seeds_.end()) seeds_.push_back(node);
    }
}

std::string Router::name_of(NodeIndex node) const {
    return node < directory_.size() ? slots::to_string(directory_.endpoint(node)) : std::string{};
}

std::uint32_t Router::chance() {
    chance_ = chance_ * 1664525u + 1013904223u;  // Numerical Recipes' constants: spread, no secret.
    return chance_ >> 8;
}

Router::Health& Router::health(NodeIndex node) {
    if (node >= health_.size()) health_.resize(node + 1u);
    return health_[node];
}

NodeIndex Router::route(const Facts& facts, const Trip& trip) {
    if (trip.node != Trip::any_node && (trip.pinned || trip.asking)) return trip.node;
    if (facts.slot == any_slot) return some_node(trip.setbacks);
    const NodeIndex primary = map_.primary_of(facts.slot);
    if (primary == no_node) return some_node(trip.setbacks);
    if (facts.replicas_may_answer() && trip.setbacks + trip.redirects == 0)
        return reader(facts, trip, primary);
    return serves(primary) ? primary : heir(primary, trip);
}

// Its replicas in turn, and itself: whichever of them takes the slots over will serve or say who
// does. What a silent primary is sent would wait for it. Then anybody, who may say it as well: a
// map from the middle of a failover does not show all replicas, and they may be at other addresses.
NodeIndex Router::heir(NodeIndex primary, const Trip& trip) const {
    const auto& replicas = map_.replicas_of(primary);
    const bool has_primary = replicas.empty() || !is_silent(primary);
    const auto others = static_cast<unsigned>(replicas.size() + (has_primary ? 1 : 0));
    const unsigned choice = trip.setbacks % (others + 1);
    if (choice < replicas.size()) return replicas[choice];
    return choice < others ? primary : some_node(trip.setbacks / (others + 1));
}

// A node that is not known to be down; any when all are.
NodeIndex Router::some_node(unsigned attempt) const {
    std::vector<NodeIndex> nodes = map_.nodes();
    for (const NodeIndex seed : seeds_)
        if (std::find(nodes.begin(), nodes.end(), seed) == nodes.end()) nodes.push_back(seed);
    if (nodes.empty()) return no_node;
    const std::size_t start = attempt % nodes.size();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const NodeIndex node = nodes[(start + i) % nodes.size()];
        if (serves(node)) return node;
    }
    return nodes[start];
}

Verdict Router::again(Trip& trip, std::string_view why, Instant now) {
    ++trip.setbacks;
    trip.setback = why;
    trip.asking = false;
    return {.kind = Verdict::Kind::later, .at = now + backoff_.after(trip.setbacks, chance())};
}

Verdict Router::refused(const Facts& facts, Trip& trip, NodeIndex node, std::string_view error,
                        Instant now) {
    if (const auto redirect = slots::parse_redirect(error); redirect && !trip.pinned) {
        slots::Endpoint target = redirect->endpoint;
        if (target.host.empty()) target.host = directory_.endpoint(node).host;
        const bool ask = redirect->kind == slots::Redirect::Kind::ask;
        const NodeIndex next = directory_.index_of(target.host, target.port);
        const bool known = !ask && facts.slot != any_slot && map_.primary_of(facts.slot) == next;
        // A replica that names a primary which we cannot reach knows no better than we do.
        if (next == no_node || (known && !serves(next))) return again(trip, error, now);
        trip.setback = error;
        // Nodes that send us in a circle are asked at a slower pace.
        if (++trip.redirects % most_redirects == 0) return again(trip, error, now);
        return follow(next, ask, facts, trip);
    }
    const std::string_view code = error.substr(0, error.find(' '));
    if (contains(misplaced, code)) {
        wanted_ = true;
        avoid(node, now + pause_of_reads);
    }
    if (contains(passing, code) && !trip.pinned) return again(trip, error, now);
    const Effect effect = trip.may_have_run ? Effect::unknown : effect_of(facts, code, error);
    return {.kind = Verdict::Kind::fail, .effect = effect, .text = std::string(error)};
}

Verdict Router::follow(NodeIndex next, bool ask, const Facts& facts, Trip& trip) {
    trip.asking = ask;
    trip.node = ask ? next : Trip::any_node;
    if (GRAPEVINE_CLIENT_MUTANT(moved_not_kept)) {
        trip.asking = true;
        trip.node = next;
        return {.kind = Verdict::Kind::send};
    }
    if (!ask && facts.slot != any_slot) {
        map_.set_primary(facts.slot, next);
        wanted_ = true;
    }
    return {.kind = Verdict::Kind::send};
}

Verdict Router::lost(const Facts& facts, Trip& trip, NodeIndex node, bool sent,
                     std::string_view reason, Instant now) {
    wanted_ = true;
    trip.may_have_run |= sent && !GRAPEVINE_CLIENT_MUTANT(loss_forgotten);
    const std::string_view code = reason.substr(0, reason.find(' '));
    if (contains(turned_away, code)) {
        const Effect effect = trip.may_have_run ? Effect::unknown : Effect::refused;
        return {.kind = Verdict::Kind::fail, .effect = effect, .text = std::string(reason)};
    }
    const std::string why = "LOST " + name_of(node) + ": " + std::string(reason);
    if (sent && !facts.repeatable() && !GRAPEVINE_CLIENT_MUTANT(lost_sent_again)) {
        return {.kind = Verdict::Kind::fail, .effect = Effect::unknown, .text = why};
    }
    if (trip.pinned) {
        const Effect effect = sent ? Effect::unknown : Effect::not_sent;
        return {.kind = Verdict::Kind::fail, .effect = effect, .text = why};
    }
    return again(trip, why, now);
}

void Router::served(const Facts& facts, const Trip& trip, NodeIndex node) {
    if (facts.slot == any_slot || trip.asking || trip.pinned) return;
    if (facts.replicas_may_answer() || facts.asks_node) return;
    const NodeIndex before = map_.primary_of(facts.slot);
    if (before == node) return;
    wanted_ = true;
    if (before != no_node && !serves(before) && is_replica_of(before, node)) {
        map_.promote(before, node);
    } else {
        map_.set_primary(facts.slot, node);
    }
}

bool Router::is_replica_of(NodeIndex primary, NodeIndex node) const {
    const auto& replicas = map_.replicas_of(primary);
    return std::find(replicas.begin(), replicas.end(), node) != replicas.end();
}

void Router::up(NodeIndex node) {
    health(node).down = health(node).silent = false;
    health(node).avoid_until = {};
}
void Router::down(NodeIndex node, Instant until) {
    health(node).down = true;
    health(node).silent = false;
    avoid(node, until);
    wanted_ = true;
}
void Router::silent(NodeIndex node) {
    health(node).silent = true;
    wanted_ = true;
}
void Router::heard(NodeIndex node) {
    if (is_silent(node) && !GRAPEVINE_CLIENT_MUTANT(silence_for_ever)) health(node).silent = false;
}

bool Router::is_asking() const {
    return asking_ && !GRAPEVINE_CLIENT_MUTANT(asks_twice);
}

std::optional<NodeIndex> Router::question(Instant now) {
    if (is_asking() || now < next_question()) return {};
    asked_ = unanswered_ == 0 ? chance() : asked_ + 1;
    const NodeIndex node = some_node(asked_);
    if (node == no_node) return {};
    const bool quiet = now - asked_at_ > 4 * gap_;
    const bool mild = GRAPEVINE_CLIENT_MUTANT(gap_stays);
    gap_ = quiet || mild || !ever_asked_ ? refresh_.first_gap
                                         : std::min(4 * gap_, refresh_.longest_gap);
    asking_ = ever_asked_ = true;
    wanted_ = reads_replicas_ = false;
    asked_at_ = now;
    ++questions_;
    return node;
}

Instant Router::next_question() const {
    if (is_asking()) return Instant::max();
    if (!ever_asked_) return Instant::min();
    if (wanted_) return asked_at_ + (unanswered_ > 0 ? gap_after_failure() : gap_);
    return asked_at_ +
           (reads_replicas_ ? std::min(refresh_.period, refresh_.reading_period) : refresh_.period);
}

// What nobody has answered has not taught us anything: it is not to wait as long as if it had.
Duration Router::gap_after_failure() const {
    const Duration longest = std::min(gap_, refresh_.longest_gap_unanswered);
    return std::min(refresh_.first_gap * (1 << std::min(unanswered_ - 1, 10u)), longest);
}

bool Router::learned(SlotMap map, Instant) {
    asking_ = false;
    unanswered_ = 0;
    const bool changed = !(map == map_);
    map_ = std::move(map);
    return changed;
}

void Router::not_learned(Instant) {
    asking_ = false;
    ++unanswered_;
    wanted_ = true;
}

}  // namespace grapevine::client::route
