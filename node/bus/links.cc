#include "node/bus/links.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "gossip/codec.h"
#include "gossip/packing.h"
#include "node/io/socket.h"

namespace grapevine::node::bus {
namespace {

using gossip::LinkEvent;
using gossip::LinkId;

constexpr std::size_t default_unsent_limit = 256u << 20;
// The first thing that a stranger says is a heartbeat, and those of 10,000 nodes stay below this.
constexpr std::size_t first_frame_limit = 1u << 20;

}  // namespace

LinkLimits limits_of(const gossip::Timing& timing, std::size_t send_limit) {
    using gossip::Duration;
    LinkLimits limits;
    limits.unsent_bytes = send_limit;
    limits.stranger_age = std::max(timing.node_timeout, Duration{10'000});
    limits.connecting = std::clamp(timing.node_timeout / 4, Duration{250}, Duration{3'000});
    limits.unacknowledged = std::max(timing.stale_link(), Duration{500});
    limits.kernel_patience = timing.unacknowledged;
    return limits;
}

struct Links::Link {
    Link(const Trust& trust, Guard::Side side, const io::Address& address, gossip::Instant now)
        : ours(side == Guard::Side::caller),
          stranger(side == Guard::Side::called),
          since(now),
          peer(io::to_string(address)),
          guard(trust, side, address.host, fresh_nonce()) {}

    void send(Frame frame) {
        const Frame packed = packer.pack(std::move(frame), peer_reads_packed);
        stream->send({reinterpret_cast<const char*>(packed.data()), packed.size()});
        unanswered = true;
    }
    // Of a link that nobody was told about, the end is a failure to connect.
    LinkEvent end() const { return ours && !told ? LinkEvent::failed : LinkEvent::closed; }

    bool ours;          // We have made it.
    bool told = false;  // That it is connected.
    bool stranger;      // Accepted, and no known node has spoken on it yet.
    gossip::Instant since;
    std::string peer;  // "host:port"
    Guard guard;
    FrameReader frames{first_frame_limit};
    gossip::Packer packer;
    gossip::Unpacker unpacker;
    bool peer_reads_packed = false;
    std::unique_ptr<io::Connector> connector;  // While we connect.
    std::unique_ptr<io::Stream> stream;        // Once it is established.
    LastBreath last_breath;
    bool complained = false;
    bool unanswered = false;  // Something was sent, and nothing has come since.
    std::optional<gossip::Instant> unacknowledged_since;
    bool unacknowledged = false;  // As was told.
};

Links::Links(io::Loop& loop, LinksListener& listener, const LinkLimits& limits, Trust trust)
    : loop_(loop), listener_(listener), limits_(limits), trust_(std::move(trust)) {}

Links::~Links() {
    *alive_ = false;
}

gossip::Instant Links::now() const {
    return gossip::Instant{gossip::Duration{loop_.monotonic_us() / 1000}};
}

Links::Link* Links::find(LinkId id) {
    const auto at = links_.find(id);
    return at == links_.end() ? nullptr : at->second.get();
}

void Links::connect(const gossip::Connect& wanted) {
    const LinkId id = wanted.link;
    const io::Address address{wanted.host, wanted.port};
    auto link = std::make_unique<Link>(trust_, Guard::Side::caller, address, now());
    link->frames.set_limit(gossip::frame_limit);
    link->connector = std::make_unique<io::Connector>(
        loop_, wanted.host, wanted.port,
        io::Connector::Events{
            [this, id](int descriptor) {
                establish(id, *find(id), descriptor);
                greet(id);
            },
            [this, id](io::ConnectFailure failure) { connect_failed(id, failure.kind); }});
    links_[id] = std::move(link);
}

void Links::accept(int descriptor) {
    make_room_for_a_stranger();
    const auto remote = io::peer_address(descriptor);
    io::set_no_delay(descriptor);
    const LinkId id = listener_.link_accepted(remote.host, io::local_address(descriptor).host);
    auto link = std::make_unique<Link>(trust_, Guard::Side::called, remote, now());
    establish(id, *link, descriptor);
    links_[id] = std::move(link);
}

void Links::establish(LinkId id, Link& link, int descriptor) {
    const auto unacknowledged = limits_.unacknowledged.count();
    io::set_keep_alive(descriptor, static_cast<int>(std::max<long>(1, unacknowledged / 1000)));
    io::set_user_timeout(descriptor, static_cast<unsigned>(unacknowledged));
    link.connector.reset();
    link.last_breath = LastBreath(descriptor);
    link.stream = std::make_unique<io::Stream>(
        loop_, descriptor,
        io::Stream::Events{[this, id](std::string_view bytes) { received(id, bytes); },
                           [this, id](io::End end) { ended(id, end); }});
    link.stream->read_on(reading_);
}

void Links::greet(LinkId id) {
    Link* link = find(id);
    if (const auto hello = link->guard.greeting()) link->send(*hello);
    tell_connected(id);
}

// Once, as soon as it may be used.
void Links::tell_connected(LinkId id) {
    Link* link = find(id);
    if (!link->ours || !link->guard.ready() || std::exchange(link->told, true)) return;
    listener_.link_changed(id, LinkEvent::connected);
}

void Links::ended(LinkId id, io::End end) {
    const Link* link = find(id);
    if (link->end() == LinkEvent::closed) {
        return lose(id, end == io::End::failed ? LinkEvent::given_up : LinkEvent::closed);
    }
    refuse(id, "it ended the link before it proved that it has the cluster-bus-key");
}

void Links::connect_failed(LinkId id, io::Refusal kind) {
    lose(id, kind == io::Refusal::refused ? LinkEvent::refused : LinkEvent::failed);
}

void Links::received(LinkId id, std::string_view bytes) {
    Link* link = find(id);
    link->unanswered = false;
    link->frames.feed(bytes);
    while (read_message(id)) {}
}

// True when there may be another one.
bool Links::read_message(LinkId id) {
    Link* link = find(id);
    if (link == nullptr) return false;
    const auto frame = link->frames.next();
    if (!frame) {
        refuse(id, frame.error().text);
        return false;
    }
    if (!*frame) return false;
    const auto unpacked = link->unpacker.unpack(**frame);
    if (!unpacked) {
        refuse(id, unpacked.error().text);
        return false;
    }
    return hear(id, *unpacked);
}

// False: the link is gone.
bool Links::hear(LinkId id, Bytes frame) {
    Link* link = find(id);
    const auto heard = link->guard.hear(frame);
    if (!heard) {
        refuse(id, heard.error().text);
        return false;
    }
    for (const Frame& answer : heard->answers) link->send(answer);
    tell_connected(id);
    if (heard->is_message && find(id) != nullptr) hear_message(id, frame);
    return find(id) != nullptr;
}

void Links::hear_message(LinkId id, Bytes frame) {
    Link* link = find(id);
    const auto message = gossip::decode(frame);
    if (!message) {
        if (std::exchange(link->complained, true)) return;
        return listener_.link_refused(link->peer, message.error().text);
    }
    link->peer_reads_packed = (message->header.capabilities & gossip::reads_packed_frames) != 0;
    const bool known = listener_.message_received(id, *message);
    link = find(id);
    if (!known || link == nullptr) return;
    link->stranger = false;
    link->frames.set_limit(gossip::frame_limit);
}

void Links::refuse(LinkId id, const std::string& reason) {
    const Link* link = find(id);
    const LinkEvent end = link->end();
    ++refused_;
    listener_.link_refused(link->peer, reason);
    lose(id, end);
}

void Links::lose(LinkId id, LinkEvent event) {
    if (links_.erase(id) > 0) listener_.link_changed(id, event);
}

void Links::send(LinkId id, const gossip::Message& message) {
    Link* link = find(id);
    if (link == nullptr || link->stream == nullptr) return;
    const auto frame = link->guard.sealed(gossip::encode(message));
    if (!frame) return;
    link->send(*frame);
    const std::size_t limit =
        limits_.unsent_bytes == 0 ? default_unsent_limit : limits_.unsent_bytes;
    if (link->stream->unsent() <= limit) return;
    link->stream->close();
    ++cut_;
    loop_.post([this, id, alive = alive_] {
        if (*alive && find(id) != nullptr) refuse(id, "it does not read what it is sent");
    });
}

void Links::close(LinkId id) {
    links_.erase(id);
}

void Links::close_all() {
    links_.clear();
}

// The kernel is asked only about links on which an answer is due: those are few.
bool Links::waits_for_kernel(Link& link) const {
    const auto known =
        link.unanswered ? io::acknowledgements(link.stream->descriptor()) : io::Acknowledgements{};
    if (known.all) {
        link.unacknowledged_since.reset();
        return false;
    }
    const gossip::Instant last = now() - gossip::Duration{known.last_ms_ago};
    link.unacknowledged_since = std::max(link.unacknowledged_since.value_or(now()), last);
    return now() - *link.unacknowledged_since >= limits_.kernel_patience;
}

void Links::look_at_acknowledgements() {
    std::vector<std::pair<LinkId, LinkEvent>> news;
    for (const auto& [id, link] : links_) {
        if (!link->ours || !link->told || !link->stream || !link->stream->open()) continue;
        const bool waits = waits_for_kernel(*link);
        if (waits == std::exchange(link->unacknowledged, waits)) continue;
        news.emplace_back(id, waits ? LinkEvent::unacknowledged : LinkEvent::acknowledged);
    }
    for (const auto& [id, event] : news) listener_.link_changed(id, event);
}

void Links::sweep() {
    look_at_acknowledgements();
    std::vector<LinkId> late;
    std::vector<LinkId> unproven;
    std::vector<LinkId> silent;
    for (const auto& [id, link] : links_) {
        const auto age = now() - link->since;
        if (link->ours && !link->told && age > limits_.connecting) {
            (link->connector ? late : unproven).push_back(id);
        }
        if (link->stranger && age > limits_.stranger_age) silent.push_back(id);
    }
    for (const LinkId id : late) lose(id, LinkEvent::failed);
    for (const LinkId id : unproven) {
        if (find(id) != nullptr) refuse(id, "it does not prove that it has the cluster-bus-key");
    }
    for (const LinkId id : silent) {
        if (find(id) != nullptr) refuse(id, "no node of this cluster spoke on it");
    }
}

void Links::make_room_for_a_stranger() {
    const auto is_stranger = [](const auto& entry) { return entry.second->stranger; };
    const auto strangers = std::count_if(links_.begin(), links_.end(), is_stranger);
    if (static_cast<std::size_t>(strangers) < limits_.strangers) return;
    const auto oldest = std::find_if(links_.begin(), links_.end(), is_stranger);
    refuse(oldest->first, "too many connections of unknown nodes");
}

// Whoever hears of an end may speak at once, on any link: all have to know by then.
void Links::set_trust(Trust trust) {
    if (trust == trust_) return;
    trust_ = std::move(trust);
    std::vector<LinkId> begun;  // Their guards have begun with what was true before.
    std::vector<std::pair<LinkId, std::string>> refused;
    for (const auto& [id, link] : links_) {
        if (link->stream == nullptr) {
            begun.push_back(id);
            continue;
        }
        const auto news = link->guard.trust_changed();
        if (!news) {
            link->stream->close();
            refused.emplace_back(id, news.error().text);
        } else if (*news) {
            link->send(**news);
        }
    }
    for (const LinkId id : begun) lose(id, LinkEvent::failed);
    for (const auto& [id, reason] : refused) {
        if (find(id) != nullptr) refuse(id, reason);
    }
}

std::size_t Links::count(Guard::Standing standing) const {
    return static_cast<std::size_t>(
        std::count_if(links_.begin(), links_.end(), [&](const auto& entry) {
            return entry.second->stream && entry.second->guard.standing() == standing;
        }));
}

std::map<LinkId, std::size_t> Links::unsent() const {
    std::map<LinkId, std::size_t> unsent;
    for (const auto& [id, link] : links_) {
        if (link->stream && link->stream->unsent() > 0) unsent[id] = link->stream->unsent();
    }
    return unsent;
}

void Links::read_on(bool on) {
    if (reading_ == on) return;
    reading_ = on;
    for (const auto& [id, link] : links_) {
        if (link->stream) link->stream->read_on(on);
    }
}

}  // namespace grapevine::node::bus
