#include "tests/fuzz/world.h"

#include <algorithm>
#include <utility>

#include "gossip/codec.h"
#include "slots/check.h"

namespace grapevine::fuzz {

using namespace gossip;

namespace {

std::vector<Peer> make_peers() {
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < peer_count; ++i) {
        Peer peer;
        peer.id = *NodeId::parse(std::string(NodeId::size, static_cast<char>('1' + i)));
        peer.host = "10.0.0." + std::to_string(i + 2);
        peer.port = static_cast<std::uint16_t>(7001 + i);
        peer.header.sender = peer.id;
        peer.header.host = peer.host;
        peer.header.port = peer.port;
        peer.header.bus_port = static_cast<std::uint16_t>(peer.port + 10'000);
        peer.header.flags = flag_primary;
        peer.header.capabilities = knows_grapevine;
        peer.header.process = 10 + i;
        peers.push_back(std::move(peer));
    }
    return peers;
}

}  // namespace

World::World(Settings settings) : settings_(std::move(settings)), peers_(make_peers()) {
    node_.emplace(settings_, State::fresh(1), false, 2, now_);
    pass(Duration{0});
}

void World::pass(Duration time) {
    now_ += time;
    take(node_->tick(now_));
}

LinkId World::accept(std::size_t number) {
    const LinkId link = node_->accepted(peer(number).host, "10.0.0.1", now_);
    rules_.opened(link);
    links_[link] = std::nullopt;
    return link;
}

std::optional<LinkId> World::link_at(std::size_t number) const {
    if (links_.empty()) return {};
    return std::next(links_.begin(), static_cast<std::ptrdiff_t>(number % links_.size()))->first;
}

void World::link_event(std::size_t number, LinkEvent event) {
    const auto link = link_at(number);
    if (!link) return;
    const bool waits = std::erase(calling_, *link) > 0;
    const bool about_bytes = event == LinkEvent::unacknowledged || event == LinkEvent::acknowledged;
    const bool of_standing = about_bytes || event == LinkEvent::given_up;
    if (waits && of_standing) event = LinkEvent::failed;
    if (!waits && !of_standing) event = LinkEvent::closed;  // What stands can only end.
    const bool stays = event == LinkEvent::connected || (about_bytes && !waits);
    if (!stays) {
        links_.erase(*link);
        rules_.closed(*link);
    }
    take(node_->link_event(*link, event, now_));
}

// As it comes over the wire. A link that is not connected yet carries nothing.
void World::receive(std::size_t number, const Message& message) {
    const auto link = link_at(number);
    const bool connected =
        link && std::find(calling_.begin(), calling_.end(), *link) == calling_.end();
    if (connected) hear(*link, message);
}

void World::hear(LinkId link, const Message& message) {
    const auto read = decode(encode(message));
    GRAPEVINE_CHECK(read, "a message of a peer that knows the format decodes");
    take(node_->receive(link, *read, now_));
}

void World::connect_all() {
    for (const LinkId link : std::exchange(calling_, {})) {
        if (links_.contains(link)) take(node_->link_event(link, LinkEvent::connected, now_));
    }
}

void World::answer_all() {
    connect_all();
    const auto links = links_;
    for (const auto& [link, call] : links) {
        if (!call || !links_.contains(link)) continue;
        for (const Peer& one : peers_) {
            if (one.host != call->host) continue;
            hear(link, {one.header, Heartbeat{Heartbeat::Kind::pong, {}, {}}});
        }
    }
}

void World::write(bool tell) {
    if (!unwritten_) return;
    disk_ = unwritten_->text;
    written_ = unwritten_->generation;
    unwritten_.reset();
    rules_.written(disk_);
    if (tell) tell_again();
}

void World::tell_again() {
    if (written_ == 0) return;
    rules_.confirmed(written_);
    take(node_->saved(written_, now_));
}

void World::restart() {
    if (disk_.empty()) return;
    forget_links();
    auto state = parse_state(disk_);
    GRAPEVINE_CHECK(state, "what was saved can be read");
    node_.emplace(settings_, *state, true, 3, now_);
    unwritten_.reset();
    written_ = 0;
    rules_.restarted(*state);
    pass(Duration{0});
}

void World::forget_links() {
    for (const auto& [link, call] : links_) rules_.closed(link);
    links_.clear();
    calling_.clear();
    rules_.forget_links();
}

void World::obey(const Order& order) {
    Obeyed obeyed = node_->obey(order, now_);
    const auto* reset = std::get_if<Reset>(&order);
    if (reset != nullptr && reset->hard && obeyed.reply) rules_.became_nobody();
    take(std::move(obeyed.effects));
}

void World::replicate(const Replication& replication) {
    take(node_->replication(replication, now_));
}

void World::configure(const Settings& settings) {
    settings_ = settings;
    take(node_->configure(settings, now_));
}

void World::publish(Publish message) {
    take(node_->publish(std::move(message), now_));
}

void World::take(Effects effects) {
    rules_.check(effects, *node_, now_);
    if (effects.save) unwritten_ = std::move(effects.save);
    for (const LinkId link : effects.close) {
        links_.erase(link);
        std::erase(calling_, link);
    }
    for (const Connect& call : effects.connect) {
        links_[call.link] = call;
        calling_.push_back(call.link);
    }
}

}  // namespace grapevine::fuzz
