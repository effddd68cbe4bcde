#include "node/session/dispatcher.h"

#include <algorithm>
#include <unistd.h>

#include "node/io/socket.h"

namespace grapevine::node::session {
namespace {

bool from_this_machine(int descriptor) {
    const auto host = io::peer_address(descriptor).host;
    const bool unix_socket = io::peer_address(descriptor).port == 0;
    return unix_socket || host.starts_with("127.") || host == "::1" ||
           host.starts_with("::ffff:127.");
}

void turn_away(int descriptor, std::string_view why) {
    // One attempt: a caller that is turned away is not waited for.
    [[maybe_unused]] const auto sent = ::write(descriptor, why.data(), why.size());
    ::close(descriptor);
}

}  // namespace

Dispatcher::Dispatcher(io::Loop& loop, commands::Keeper& keeper, const CommandTable& table,
                       journal::Journal& journal, Host& host)
    : loop_(loop),
      keeper_(keeper),
      table_(table),
      journal_(journal),
      host_(host),
      settings_(std::make_shared<config::Config>()),
      stats_(table.entries().size()) {}

void Dispatcher::set_peers(std::vector<Dispatcher*> peers) {
    peers_ = std::move(peers);
    outgoing_.resize(peers_.size());
    next_session_ = keeper_.index() + 1;
}

void Dispatcher::welcome(int descriptor) {
    connections_.fetch_add(1, std::memory_order_relaxed);
    loop_.post([this, descriptor] { open(descriptor); });
}

void Dispatcher::open(int descriptor) {
    unsigned clients = 0;
    for (const auto* peer : peers_) clients += peer->connections();
    ++stats_.connections_received;
    const bool crowded = clients > settings_->maxclients;
    const bool stranger = settings_->protected_mode && settings_->requirepass.empty() &&
                          !from_this_machine(descriptor);
    if (crowded || stranger) {
        ++stats_.connections_rejected;
        connections_.fetch_sub(1, std::memory_order_relaxed);
        return turn_away(
            descriptor,
            crowded ? "-ERR max number of clients reached\r\n"
                    : "-DENIED Grapevine is running in protected mode: it has no password and was "
                      "told to listen for this machine only. Set requirepass, or 'protected-mode "
                      "no', to let other machines in.\r\n");
    }
    io::set_no_delay(descriptor);
    io::set_keep_alive(descriptor, static_cast<int>(settings_->tcp_keepalive.count()));
    const auto id = next_session_;
    next_session_ += peers_.size();
    auto session = std::make_unique<Session>(*this, id, descriptor);
    session->manners.authenticated = settings_->requirepass.empty();
    session->apply_limits();
    sessions_.emplace(id, std::move(session));
}

Session* Dispatcher::find(std::uint64_t session) {
    const auto found = sessions_.find(session);
    if (found == sessions_.end() || found->second->gone()) return nullptr;
    return found->second.get();
}

void Dispatcher::for_each(const std::function<void(Session&)>& visit) {
    std::vector<Session*> all;  // In order of age; the visit may close some.
    for (auto& [id, session] : sessions_) {
        if (!session->closing()) all.push_back(session.get());
    }
    std::sort(all.begin(), all.end(),
              [](const Session* a, const Session* b) { return a->id() < b->id(); });
    for (auto* session : all) visit(*session);
}

void Dispatcher::set_settings(std::shared_ptr<const config::Config> settings) {
    const bool opened = settings->requirepass.empty();
    settings_ = std::move(settings);
    for (auto& [id, session] : sessions_) {
        if (opened) session->manners.authenticated = true;
        session->apply_limits();
    }
}

void Dispatcher::hold_writes(Holder holder, bool hold) {
    const auto bit = static_cast<unsigned>(holder);
    writes_held_ = hold ? writes_held_ | bit : writes_held_ & ~bit;
    hold ? send_crossings() : retry_held();
}

void Dispatcher::retry_held() {
    look_at_lease();
    if (writes_held_) return;
    for (const auto id : std::exchange(held_, {})) {
        if (auto* session = find(id)) session->resume();
    }
}

// The next map's lease does not tell that the last one's was lost: who was replaced needs none, and
// who has slept is fenced since it woke up. Only one that was prolonged makes good for it.
void Dispatcher::set_topology(slots::TopologyPtr topology, std::uint64_t number) {
    const bool lost = is_lease_lost();
    topology_ = std::move(topology);
    lease_.map_taken(number);
    const bool needed = !topology_->fenced && lease_.until_us() != LeaseView::for_ever;
    if (lost && (!needed || is_lease_lost())) ++term_;
    retry_held();
}

// Whoever was stopped finds the lease over here, before it answers anybody.
void Dispatcher::begin_turn() {
    keeper_.databases().set_now(loop_.wall_ms());
    look_at_lease();
}

// A map may come before the order to record what is written by it: until then, nothing is.
void Dispatcher::look_at_lease() {
    lease_over_ = keeper_.replica() || loop_.monotonic_us() >= lease_.until_us();
}

// Voters wait a little longer than the lease lasts (gossip::Timing::hold_off): a write that was
// served just in time is confirmed just in time.
bool Dispatcher::is_lease_lost() {
    constexpr std::int64_t grace_us = 100'000;
    return io::Loop::read_monotonic_us() - grace_us >= lease_.until_us();
}

bool Dispatcher::must_not_confirm() {
    const Term since = std::exchange(confirms_, no_write);
    return since != no_write && (since < term_ || is_lease_lost());
}

// The peer may have a newer map, by which it needs no lease: this worker looks at its own.
Term Dispatcher::confirms_for_peer(Term term) {
    if (confirms_ == no_write) return no_write;
    return must_not_confirm() ? in_doubt : term;
}

void Dispatcher::end_turn() {
    send_crossings();
    remove_ended();
}

void Dispatcher::send_crossings() {
    for (std::size_t worker = 0; worker < outgoing_.size(); ++worker) {
        if (!outgoing_[worker]) continue;
        auto* peer = peers_[worker];
        peer->loop_.post([this, peer, crossing = std::move(outgoing_[worker])]() mutable {
            peer->serve_crossing(*crossing);
            loop_.post([this, answered = std::move(crossing)] { deliver_crossing(*answered); });
        });
    }
}

void Dispatcher::each_second() {
    const auto now = loop_.monotonic_us();
    for_each([&](Session& session) {
        if (!session.within_limits(now)) session.close();
    });
}

void Dispatcher::drop(Session& session) {
    discard_watches(*this, session);
    ended_.push_back(session.id());
}

// A session is destroyed at the end of the turn in which it ended: somebody may still be inside it.
void Dispatcher::remove_ended() {
    for (const auto id : std::exchange(ended_, {})) {
        if (sessions_.erase(id) != 0) connections_.fetch_sub(1, std::memory_order_relaxed);
    }
}

}  // namespace grapevine::node::session
