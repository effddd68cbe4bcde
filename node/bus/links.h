// The connections of the bus: those that we make and those that peers make, messages in and out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gossip/effects.h"
#include "node/bus/frame_reader.h"
#include "node/bus/guard.h"
#include "node/bus/last_breath.h"
#include "node/io/connector.h"
#include "node/io/stream.h"

namespace grapevine::node::bus {

// What a peer that we do not know yet, or that does not read, may cost us.
struct LinkLimits {
    std::size_t unsent_bytes = 0;  // cluster-link-sendbuf-limit; 0: 256 MiB.
    std::size_t strangers = 512;   // Accepted links on which no known node has spoken yet.
    gossip::Duration stranger_age{15'000};
    gossip::Duration connecting{2'000};      // After this a host counts as unreachable.
    gossip::Duration unacknowledged{7'500};  // After this an established link counts as lost.
    gossip::Duration kernel_patience{400};   // After this LinkEvent::unacknowledged.
};
LinkLimits limits_of(const gossip::Timing& timing, std::size_t send_limit);

// What happens to the links. Never called from inside connect, send or close; these may be called
// from inside. A link of ours is told to be connected once messages may be said on it, and messages
// are those of peers that are trusted (see guard.h).
class LinksListener {
public:
    virtual gossip::LinkId link_accepted(std::string remote, std::string local) = 0;
    virtual void link_changed(gossip::LinkId link, gossip::LinkEvent event) = 0;
    // True when the sender is a known node: the link is not a stranger's any more.
    virtual bool message_received(gossip::LinkId link, const gossip::Message& message) = 0;
    // A link was closed, or a message dropped, because of what the peer did.
    virtual void link_refused(const std::string& peer, const std::string& reason) = 0;

protected:
    ~LinksListener() = default;
};

class Links {
public:
    Links(io::Loop& loop, LinksListener& listener, const LinkLimits& limits, Trust trust = {});
    ~Links();
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;

    void set_limits(const LinkLimits& limits) { limits_ = limits; }
    // Ends the links of those who are not trusted any more.
    void set_trust(Trust trust);

    void connect(const gossip::Connect& wanted);
    void accept(int descriptor);  // Takes it over.
    // Messages to links that are gone or not connected yet are dropped. A peer that leaves more
    // than the limit unread loses its link.
    void send(gossip::LinkId link, const gossip::Message& message);
    void close(gossip::LinkId link);  // Without an event.
    void close_all();

    // To be called now and then: gives up on hosts that do not answer and on silent strangers, and
    // tells whose kernels acknowledge nothing, or do so again.
    void sweep();
    // false: leaves what peers say in the kernel's buffers, as a stopped process would.
    void read_on(bool on);

    // Bytes that wait for the peer, of the links that have any.
    std::map<gossip::LinkId, std::size_t> unsent() const;
    // How many links were closed because the peer did not read.
    std::uint64_t cut() const { return cut_; }
    // How many established links stand so with their peers.
    std::size_t count(Guard::Standing standing) const;
    // How many links were closed because of what the peer did.
    std::uint64_t refused() const { return refused_; }

private:
    struct Link;

    gossip::Instant now() const;
    Link* find(gossip::LinkId id);
    void establish(gossip::LinkId id, Link& link, int descriptor);
    void connect_failed(gossip::LinkId id, io::Refusal kind);
    void greet(gossip::LinkId id);
    void tell_connected(gossip::LinkId id);
    void ended(gossip::LinkId id, io::End end);
    void received(gossip::LinkId id, std::string_view bytes);
    bool read_message(gossip::LinkId id);
    bool hear(gossip::LinkId id, Bytes frame);
    void hear_message(gossip::LinkId id, Bytes frame);
    void refuse(gossip::LinkId id, const std::string& reason);
    void lose(gossip::LinkId id, gossip::LinkEvent event);
    bool waits_for_kernel(Link& link) const;
    void look_at_acknowledgements();
    void make_room_for_a_stranger();

    io::Loop& loop_;
    LinksListener& listener_;
    LinkLimits limits_;
    Trust trust_;
    bool reading_ = true;
    std::uint64_t cut_ = 0;
    std::uint64_t refused_ = 0;
    std::map<gossip::LinkId, std::unique_ptr<Link>> links_;  // Oldest first.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace grapevine::node::bus
