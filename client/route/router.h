// Where a request goes, and what its setbacks mean: the part of the client that knows clusters.
// Pure: time and chance come in, decisions go out.
#pragma once

#include <cstdint>
#include <grapevine/error.h>
#include <grapevine/operation.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "client/route/backoff.h"
#include "client/route/slot_map.h"

namespace grapevine::client::route {

// What is to be done with a request that did not come through.
struct Verdict {
    enum class Kind : std::uint8_t {
        send,   // At once, again to be routed.
        later,  // At `at`, again to be routed.
        fail,   // `effect` and `text` are what its caller is told.
    } kind = Kind::fail;
    Instant at{};
    Effect effect = Effect::not_sent;
    std::string text{};
};

// When to ask the cluster for its map again.
struct RefreshSettings {
    Duration period = std::chrono::seconds(60);           // Without any occasion.
    Duration reading_period = std::chrono::seconds(2);    // While replicas are read from: nothing
                                                          // else tells of a new one.
    Duration first_gap = std::chrono::milliseconds(100);  // Between two, when there is occasion;
    Duration longest_gap = std::chrono::seconds(8);       // longer each time until it is quiet,
    Duration longest_gap_unanswered = std::chrono::seconds(1);  // but not while nobody answers.
};

class Router {
public:
    // `seeds`: nodes to ask first. `chance`: any number, different in each client.
    Router(std::vector<slots::Endpoint> seeds, std::uint32_t chance, RefreshSettings refresh = {},
           Backoff backoff = {});

    // The node that the request is to be sent to; no_node only when no node is known at all.
    NodeIndex route(const Facts& facts, const Trip& trip);

    // `node` answered with an error that may be about the place and not about the request. Changes
    // the trip and, by MOVED, the map.
    Verdict refused(const Facts& facts, Trip& trip, NodeIndex node, std::string_view error,
                    Instant now);
    // The connection to `node` ended with the request on it. `sent`: some of its bytes had left.
    Verdict lost(const Facts& facts, Trip& trip, NodeIndex node, bool sent, std::string_view reason,
                 Instant now);
    // A request came through at `node`, which was not the slot's primary by the map: now it is.
    void served(const Facts& facts, const Trip& trip, NodeIndex node);

    // News about nodes.
    void up(NodeIndex node);
    void down(NodeIndex node, Instant until = Instant::max());  // Reads stay away until then.
    // It has not answered for a while: until it is heard again, others are asked in its place.
    void silent(NodeIndex node);
    void heard(NodeIndex node);
    void avoid(NodeIndex node, Instant until);         // For reads that may go elsewhere.
    void measured(NodeIndex node, Duration recently);  // How long its answers take.
    // What `node` said in ROLE; nothing when it is a replica without its primary.
    void offset(NodeIndex node, std::optional<std::int64_t> offset, Instant now);
    // Whether reads of bounded lag have been routed since it was asked last.
    bool wants_offsets() { return std::exchange(offsets_wanted_, false); }
    // Somebody relies on the map as readers of replicas do: it is to be fetched as often.
    void watch_map() { reads_replicas_ = true; }
    void set_most_lag(std::int64_t bytes) { most_lag_ = bytes; }

    // The node to be asked for the map now, if it is time for that. At most one question is on its
    // way at a time: it ends with learned() or not_learned().
    std::optional<NodeIndex> question(Instant now);
    // When to call question() again, at the latest.
    Instant next_question() const;
    // True when the map changed.
    bool learned(SlotMap map, Instant now);
    void not_learned(Instant now);

    const SlotMap& map() const { return map_; }
    Directory& directory() { return directory_; }
    std::string name_of(NodeIndex node) const;
    // The number of questions() so far.
    std::uint64_t questions() const { return questions_; }

private:
    struct Health {
        bool down = false;        // It refused or lost us, and has not been up since.
        bool silent = false;      // It keeps a connection and says nothing.
        Instant avoid_until{};    // By reads that may go elsewhere.
        Duration latency{};       // Zero: not known.
        std::int64_t offset = 0;  // In the stream of replication,
        Instant offset_until{};   // to be relied on until then.
    };
    std::uint32_t chance();
    Verdict again(Trip& trip, std::string_view why, Instant now);
    Verdict follow(NodeIndex next, bool ask, const Facts& facts, Trip& trip);
    NodeIndex some_node(unsigned attempt) const;
    NodeIndex reader(const Facts& facts, const Trip& trip, NodeIndex primary);
    bool may_read(const Facts& facts, const Trip& trip, NodeIndex node, NodeIndex primary) const;
    bool is_close(NodeIndex replica, NodeIndex primary, Instant at) const;
    const Health& seen(NodeIndex node) const;
    NodeIndex heir(NodeIndex primary, const Trip& trip) const;
    bool is_replica_of(NodeIndex primary, NodeIndex node) const;
    bool is_down(NodeIndex node) const { return node < health_.size() && health_[node].down; }
    bool is_silent(NodeIndex node) const { return node < health_.size() && health_[node].silent; }
    bool is_asking() const;
    Duration gap_after_failure() const;
    bool serves(NodeIndex node) const { return !is_down(node) && !is_silent(node); }
    Health& health(NodeIndex node);

    Directory directory_;
    std::vector<NodeIndex> seeds_;
    SlotMap map_;
    std::vector<Health> health_;
    RefreshSettings refresh_;
    Backoff backoff_;
    std::uint32_t chance_;
    std::uint32_t turn_ = 0;
    std::int64_t most_lag_ = 0;
    bool offsets_wanted_ = false;
    bool reads_replicas_ = false;  // Since the last question.
    bool asking_ = false;
    bool wanted_ = true;
    Duration gap_;
    unsigned unanswered_ = 0;  // Questions since the last that was answered:
    std::uint32_t asked_ = 0;  // they go round, from a node chosen by chance.
    Instant asked_at_{};
    bool ever_asked_ = false;
    std::uint64_t questions_ = 0;
};

}  // namespace grapevine::client::route
