#include "tests/sim/network.h"

#include <algorithm>
#include <utility>

#include "gossip/codec.h"
#include "gossip/packing.h"
#include "slots/check.h"

namespace grapevine::sim {

// What is on its way in one direction; without a message it is the end of the stream.
struct Network::Parcel {
    std::shared_ptr<const Message> message;
    Frame bytes;  // In place of it.

    bool is_end() const { return !message && !bytes; }
};

struct Network::End {
    std::size_t machine = 0;
    unsigned life = 0;
    LinkId link;  // None until it was accepted.
    bool gone = false;
    bool ended = false;    // It has sent the end of its stream.
    Time last_arrival{0};  // Of what it has sent.
    std::vector<Parcel> held{};
    std::uint64_t holds = 0;
    // When what the other kernel has not acknowledged was sent, and when it last did so.
    std::vector<Time> unacknowledged{};
    Time acknowledged_at{0};
    std::size_t lost_acknowledgements = 0;  // They come again once they can.
    bool is_told = false;                   // Its owner, that it is waiting for one.
    gossip::Packer packer{};
    gossip::Unpacker unpacker{};
    bool peer_reads_packed = false;
};

// Side 0 connected, side 1 accepted.
struct Network::Connection {
    End ends[2];
};

namespace {

Time in_microseconds(gossip::Duration duration) {
    return std::chrono::duration_cast<Time>(duration);
}

}  // namespace

// The limits are those of node/bus/links.
Network::Network(Scheduler& scheduler, NetworkUser& user, const Setup& setup, std::size_t machines)
    : scheduler_(scheduler),
      user_(user),
      setup_(setup),
      machines_(machines),
      chance_(static_cast<std::uint64_t>(setup.seed), "network"),
      hosts_(machines + setup.ghosts),
      cuts_(machines_ * machines_),
      extra_(machines_ * machines_) {
    const gossip::Duration timeout{setup.node_timeout_ms};
    connecting_ =
        in_microseconds(std::clamp(timeout / 4, gossip::Duration{250}, gossip::Duration{3'000}));
    unacknowledged_ = in_microseconds(std::max(timeout / 2, gossip::Duration{500}));
}

Network::~Network() = default;

bool Network::is_cut(std::size_t from, std::size_t to) const {
    return has_faults(from, to) && cuts_[pair(from, to)] > 0;
}

bool Network::is_blocked(std::size_t from, std::size_t to) const {
    return is_cut(from, to) || !hosts_[to].powered;
}

Time Network::delay(std::size_t from, std::size_t to) {
    Time delay{chance_.between(setup_.delay_least_us, setup_.delay_most_us)};
    if (chance_.happens(setup_.spike_per_mille)) {
        delay += std::chrono::milliseconds(chance_.between(0, setup_.spike_ms));
    }
    if (!has_faults(from, to)) return delay;
    const Time extra = extra_[pair(from, to)];
    if (extra.count() > 0) delay += Time{chance_.between(0, extra.count())};
    return delay;
}

std::optional<std::size_t> Network::host_at(const std::string& address, std::uint16_t port) const {
    const auto found = places_.find({address, port});
    if (found == places_.end()) return {};
    return found->second;
}

std::vector<Network::Shared> Network::between(std::size_t a, std::size_t b) const {
    std::vector<Shared> found;
    for (const auto& [link, connection] : hosts_[a].links) {
        const auto& ends = connection->ends;
        if (ends[0].machine == b || ends[1].machine == b) found.push_back(connection);
    }
    return found;
}

void Network::listen(std::size_t machine, unsigned life, std::string host, std::uint16_t port) {
    Host& home = hosts_[machine];
    home.powered = home.listening = true;
    home.life = life;
    const auto old = places_.find({home.address, home.port});
    if (old != places_.end() && old->second == machine) places_.erase(old);
    home.address = std::move(host);
    home.port = port;
    places_[{home.address, home.port}] = machine;
    for (std::size_t other = 0; machine < machines_ && other < machines_; ++other) {
        cut(other, machine);  // What waited for the host to come back goes on.
        open(other, machine);
    }
}

void Network::process_died(std::size_t machine) {
    Host& home = hosts_[machine];
    home.listening = false;
    home.connecting.clear();
    const auto links = std::exchange(home.links, {});
    for (const auto& [link, connection] : links) {
        const int side = connection->ends[0].machine == machine ? 0 : 1;
        connection->ends[side].gone = true;
        post(connection, side, {});
    }
}

void Network::host_died(std::size_t machine) {
    Host& home = hosts_[machine];
    home.powered = home.listening = false;
    home.connecting.clear();
    const auto links = std::exchange(home.links, {});
    for (const auto& [link, connection] : links) {
        connection->ends[connection->ends[0].machine == machine ? 0 : 1].gone = true;
    }
}

void Network::connect(std::size_t machine, const gossip::Connect& wanted) {
    const unsigned life = hosts_[machine].life;
    const auto server = host_at(wanted.host, wanted.port);
    hosts_[machine].connecting.insert(wanted.link);
    if (!server) return report(machine, life, wanted.link, LinkEvent::failed, connecting_);
    const Time asked = std::max(scheduler_.now(), hosts_[*server].opens_at);
    const Time arrives = asked + delay(machine, *server);
    scheduler_.at(arrives, [=, this, link = wanted.link, server = *server] {
        knock(machine, life, link, server);
    });
}

void Network::knock(std::size_t client, unsigned life, LinkId link, std::size_t server) {
    Host& caller = hosts_[client];
    if (caller.life != life || !caller.connecting.contains(link)) return;
    const bool answered = !is_blocked(client, server) && !is_blocked(server, client);
    if (!answered || caller.seals > 0) {
        return report(client, life, link, LinkEvent::failed, connecting_);
    }
    const Host& home = hosts_[server];
    if (!home.listening || home.refusals > 0) {
        return report(client, life, link, LinkEvent::refused, delay(server, client));
    }
    establish(client, life, link, server);
}

void Network::establish(std::size_t client, unsigned life, LinkId link, std::size_t server) {
    hosts_[client].connecting.erase(link);
    auto connection = std::make_shared<Connection>();
    connection->ends[0] = {client, life, link};
    connection->ends[1] = {server, hosts_[server].life, {}};
    user_of(server).enter(server, hosts_[server].life, [=, this] {
        auto& end = connection->ends[1];
        if (end.gone) return;
        end.link = user_of(server).link_accepted(server, client);
        hosts_[server].links[end.link] = connection;
    });
    hosts_[client].links[link] = connection;
    const Time after = delay(server, client);
    connection->ends[0].last_arrival = connection->ends[1].last_arrival = scheduler_.now() + after;
    report(client, life, link, LinkEvent::connected, after);
}

void Network::report(std::size_t machine, unsigned life, LinkId link, LinkEvent event, Time after) {
    scheduler_.after(after, [=, this] {
        NetworkUser& user = user_of(machine);
        user.enter(machine, life, [=, &user] { user.link_changed(machine, link, event); });
    });
}

void Network::detach(const Shared& connection, int side) {
    auto& end = connection->ends[side];
    end.gone = true;
    if (hosts_[end.machine].life == end.life) hosts_[end.machine].links.erase(end.link);
}

void Network::close(std::size_t machine, LinkId link) {
    hosts_[machine].connecting.erase(link);
    const auto found = hosts_[machine].links.find(link);
    if (found == hosts_[machine].links.end()) return;
    const Shared connection = found->second;
    const int side = connection->ends[0].machine == machine ? 0 : 1;
    detach(connection, side);
    post(connection, side, {});
}

void Network::send(std::size_t machine, LinkId link, Message&& message) {
    const auto found = hosts_[machine].links.find(link);
    if (found == hosts_[machine].links.end()) return;
    const Shared connection = found->second;
    const int side = connection->ends[0].machine == machine ? 0 : 1;
    Parcel parcel;
    if (setup_.codec != 0) {
        parcel.bytes = packed(connection->ends[side], message);
        count(machine, connection->ends[side == 0 ? 1 : 0].machine, message, parcel.bytes->size());
    } else {
        if (setup_.measured_each > 0) measure(connection, side, message);
        parcel.message = std::make_shared<const Message>(std::move(message));
    }
    post(connection, side, std::move(parcel));
}

// Of machines that are not measured a usual size is assumed, for the acknowledgements.
void Network::measure(const Shared& connection, int side, const Message& message) {
    constexpr std::size_t usual = 40;
    End& end = connection->ends[side];
    const bool exactly = setup_.is_measured(end.machine);
    const std::size_t size = exactly ? packed(end, message)->size() : usual;
    end.peer_reads_packed = true;  // It has answered, as every machine does.
    count(end.machine, connection->ends[1 - side].machine, message, size);
}

// As node/bus/links does it.
Network::Frame Network::packed(End& sender, const Message& message) {
    return std::make_shared<const std::vector<std::uint8_t>>(
        sender.packer.pack(gossip::encode(message), sender.peer_reads_packed));
}

Message Network::read_back(End& receiver, const std::vector<std::uint8_t>& bytes) {
    const auto frame = receiver.unpacker.unpack(bytes);
    GRAPEVINE_CHECK(frame, "what was packed can be unpacked");
    auto message = gossip::decode(*frame);
    GRAPEVINE_CHECK(message, "what a core says can be read");
    receiver.peer_reads_packed = (message->header.capabilities & gossip::reads_packed_frames) != 0;
    return *std::move(message);
}

void Network::count(std::size_t from, std::size_t to, const Message& message, std::size_t bytes) {
    const auto* heartbeat = std::get_if<gossip::Heartbeat>(&message.body);
    const bool is_question =
        heartbeat != nullptr && heartbeat->kind != gossip::Heartbeat::Kind::pong;
    hosts_[from].traffic.said(bytes);
    hosts_[to].traffic.heard(bytes, is_question);
}

void Network::post(const Shared& connection, int side, Parcel parcel) {
    auto& end = connection->ends[side];
    if (std::exchange(end.ended, end.ended || parcel.is_end())) return;
    const Time due = scheduler_.now() + delay(end.machine, connection->ends[1 - side].machine);
    end.last_arrival = std::max(end.last_arrival, due);
    if (!parcel.is_end()) end.unacknowledged.push_back(scheduler_.now());
    scheduler_.at(end.last_arrival,
                  [=, this, parcel = std::move(parcel)] { arrive(connection, side, parcel); });
}

void Network::arrive(const Shared& connection, int side, const Parcel& parcel) {
    const auto& end = connection->ends[side];
    const auto& other = connection->ends[1 - side];
    if (!end.held.empty() || is_blocked(end.machine, other.machine)) {
        return hold(connection, side, parcel);
    }
    hand_over(connection, side, parcel);
}

// A sender whose bytes are not acknowledged gives up in the end, and so does the receiver, whose
// questions whether anybody is there remain without an answer.
void Network::hold(const Shared& connection, int side, const Parcel& parcel) {
    auto& end = connection->ends[side];
    end.held.push_back(parcel);
    if (end.held.size() > 1) return;
    const std::uint64_t hold = ++end.holds;
    const auto still_held = [=] {
        return connection->ends[side].holds == hold && !connection->ends[side].held.empty();
    };
    scheduler_.after(unacknowledged_, [=, this] {
        if (still_held()) lose(connection, side, LinkEvent::given_up);
    });
    scheduler_.after(2 * unacknowledged_, [=, this] {
        if (still_held()) lose(connection, 1 - side, LinkEvent::given_up);
    });
}

void Network::release(const Shared& connection, int side) {
    auto& end = connection->ends[side];
    if (is_blocked(end.machine, connection->ends[1 - side].machine)) return;
    const auto held = std::exchange(end.held, {});
    for (const Parcel& parcel : held) hand_over(connection, side, parcel);
}

// The receiver's kernel does so even if the process stands still.
void Network::acknowledge(const Shared& connection, int side) {
    if (setup_.host_evidence == 0) return;
    scheduler_.after(Time{setup_.delay_least_us}, [=, this] {
        auto& end = connection->ends[side];
        if (is_blocked(connection->ends[1 - side].machine, end.machine)) {
            ++end.lost_acknowledgements;
            return;
        }
        if (!end.unacknowledged.empty()) end.unacknowledged.erase(end.unacknowledged.begin());
        end.acknowledged_at = scheduler_.now();
    });
}

bool Network::waits_for_acknowledgement(const End& end) const {
    if (end.unacknowledged.empty()) return false;
    const Time since = std::max(end.unacknowledged.front(), end.acknowledged_at);
    return scheduler_.now() - since >= in_microseconds(gossip::Timing{}.unacknowledged);
}

bool Network::is_unacknowledged(std::size_t machine, LinkId link) const {
    const auto found = hosts_[machine].links.find(link);
    return found != hosts_[machine].links.end() &&
           waits_for_acknowledgement(found->second->ends[0]);
}

std::vector<std::pair<LinkId, LinkEvent>> Network::acknowledgements(std::size_t machine) {
    std::vector<std::pair<LinkId, LinkEvent>> news;
    for (const auto& [link, connection] : hosts_[machine].links) {
        auto& end = connection->ends[0];
        if (end.machine != machine || end.link != link) continue;
        const bool waits = waits_for_acknowledgement(end);
        if (waits == std::exchange(end.is_told, waits)) continue;
        news.emplace_back(link, waits ? LinkEvent::unacknowledged : LinkEvent::acknowledged);
    }
    return news;
}

void Network::hand_over(const Shared& connection, int side, const Parcel& parcel) {
    if (!parcel.is_end()) acknowledge(connection, side);
    const auto& receiver = connection->ends[1 - side];
    if (!receiver.gone) return deliver(connection, side, parcel);
    if (!parcel.is_end()) post(connection, 1 - side, {});  // Nobody is there: a reset comes back.
}

void Network::deliver(const Shared& connection, int side, const Parcel& parcel) {
    const auto& receiver = connection->ends[1 - side];
    if (parcel.is_end()) return lose(connection, 1 - side);
    NetworkUser& user = user_of(receiver.machine);
    user.enter(receiver.machine, receiver.life, [=, &user, machine = receiver.machine] {
        auto& end = connection->ends[1 - side];
        if (end.gone) return;
        if (parcel.message) return user.message_arrived(machine, end.link, *parcel.message);
        user.message_arrived(machine, end.link, read_back(end, *parcel.bytes));
    });
}

void Network::lose(const Shared& connection, int side, LinkEvent event) {
    auto& end = connection->ends[side];
    if (end.gone) return;
    NetworkUser& user = user_of(end.machine);
    user.enter(end.machine, end.life, [=, this, &user] {
        auto& lost = connection->ends[side];
        if (lost.gone) return;
        detach(connection, side);
        user.link_changed(lost.machine, lost.link, event);
    });
}

void Network::cut(std::size_t from, std::size_t to) {
    ++cuts_[pair(from, to)];
}

// What waited is sent again, some time later.
void Network::open(std::size_t from, std::size_t to) {
    if (--cuts_[pair(from, to)] > 0) return;
    for (const std::size_t machine : {from, to}) {
        for (const Shared& connection : between(machine, machine == from ? to : from)) {
            const int side = connection->ends[0].machine == from ? 0 : 1;
            auto& other = connection->ends[1 - side];
            for (auto lost = std::exchange(other.lost_acknowledgements, 0); lost > 0; --lost) {
                acknowledge(connection, 1 - side);
            }
            if (connection->ends[side].held.empty()) continue;
            scheduler_.after(Time{chance_.between(0, 500'000)},
                             [=, this] { release(connection, side); });
        }
    }
}

void Network::heal() {
    for (std::size_t from = 0; from < machines_; ++from) {
        hosts_[from].refusals = hosts_[from].seals = 0;
        for (std::size_t to = 0; to < machines_; ++to) {
            extra_[pair(from, to)] = Time{0};
            cuts_[pair(from, to)] = 1;
            open(from, to);
        }
    }
}

void Network::seal(std::size_t machine) {
    refuse(machine);
    ++hosts_[machine].seals;
    for (std::size_t other = 0; other < machines_; ++other) {
        if (other != machine) reset(machine, other);
    }
}

void Network::unseal(std::size_t machine) {
    admit(machine);
    --hosts_[machine].seals;
}

void Network::reset(std::size_t a, std::size_t b) {
    for (const Shared& connection : between(a, b)) {
        lose(connection, 0);
        lose(connection, 1);
    }
}

void Network::half_open(std::size_t forgetful, std::size_t other) {
    for (const Shared& connection : between(forgetful, other)) {
        lose(connection, connection->ends[0].machine == forgetful ? 0 : 1);
    }
}

}  // namespace grapevine::sim
