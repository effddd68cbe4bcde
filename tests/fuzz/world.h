// One real core, and everything around it that a fuzzer plays: its disk, its links, its peers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gossip/gossip.h"
#include "tests/fuzz/rules.h"

namespace grapevine::fuzz {

inline constexpr std::size_t peer_count = 8;

// The peers' names, addresses and, while they are honest, what they say of themselves.
struct Peer {
    gossip::NodeId id;
    std::string host;
    std::uint16_t port = 0;
    gossip::Header header;
};

class World {
public:
    explicit World(gossip::Settings settings);

    Peer& peer(std::size_t number) { return peers_[number % peer_count]; }
    const gossip::Gossip& node() const { return *node_; }
    gossip::Status status() const { return node_->status(now_); }

    void pass(gossip::Duration time);  // No more than time, then one tick.
    gossip::LinkId accept(std::size_t peer);
    // Of the links that are there, the one with this number modulo their number.
    void link_event(std::size_t link, gossip::LinkEvent event);
    void receive(std::size_t link, const gossip::Message& message);
    void hear(gossip::LinkId link, const gossip::Message& message);
    void connect_all();  // Everybody who is called picks up.
    void answer_all();   // Everybody who is there says what it has to say of itself.
    void write(bool tell);
    void tell_again();  // That the last text was written.
    void restart();     // As if killed: from what is on the disk.
    void obey(const gossip::Order& order);
    void replicate(const gossip::Replication& replication);
    void configure(const gossip::Settings& settings);
    void publish(gossip::Publish message);
    const gossip::Settings& settings() const { return settings_; }

private:
    void take(gossip::Effects effects);
    void forget_links();
    std::optional<gossip::LinkId> link_at(std::size_t number) const;

    gossip::Settings settings_;
    gossip::Instant now_{gossip::Duration{1'000'000}};
    std::vector<Peer> peers_;
    std::optional<gossip::Gossip> node_;
    Rules rules_;
    std::map<gossip::LinkId, std::optional<gossip::Connect>> links_;  // Nothing: it called us.
    std::vector<gossip::LinkId> calling_;                             // Not connected yet.
    std::optional<gossip::Save> unwritten_;
    std::string disk_;
    gossip::Generation written_ = 0;
};

}  // namespace grapevine::fuzz
