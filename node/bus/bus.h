// The cluster bus on its thread: drives gossip::Gossip with what sockets, clock and disk bring, and
// carries out what it wants done.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gossip/gossip.h"
#include "node/bus/complaints.h"
#include "node/bus/history.h"
#include "node/bus/links.h"
#include "node/bus/seeds.h"
#include "node/bus/state_file.h"
#include "node/bus/state_writer.h"
#include "node/bus/worker_watch.h"
#include "node/io/listener.h"
#include "node/io/resolver.h"
#include "node/io/timer.h"

namespace grapevine::node::bus {

struct BusOptions {
    gossip::Settings gossip;
    std::vector<std::string> bind;  // As in redis.conf: numeric, "*" or "::*"; "-" before one that
                                    // may be missing on this machine.
    std::uint16_t port = 0;         // Of the bus.
    int backlog = 511;              // tcp-backlog
    std::string state_file;         // cluster-config-file, with its folder.
    std::size_t send_limit = 0;     // cluster-link-sendbuf-limit in bytes; 0: 256 MiB.
    Trust trust;
    std::vector<Seed> places;  // cluster-seeds
    std::uint64_t seed = 0;    // For every choice that is left to chance.
};

// What the cluster wants of the rest of the node. Called on the bus thread, which must not wait:
// pass it on.
class BusListener {
public:
    virtual ~BusListener() = default;
    virtual void topology_changed(slots::TopologyPtr topology) = 0;
    // Writes may be confirmed until the loop's monotonic clock says so (gossip/fence.h).
    virtual void lease_changed(std::int64_t until_us) = 0;
    // This replica is the primary now.
    virtual void promoted() = 0;
    // What the bus is told of replication says which Follow it is about.
    virtual void follow(const gossip::Follow& target) = 0;
    // A primary without data from now on (CLUSTER RESET).
    virtual void follow_nobody() = 0;
    // The primary is alive and has lost data: nothing is to be taken from it until the next
    // follow().
    virtual void keep_data() = 0;
    virtual void writes_paused() = 0;
    virtual void writes_resumed() = 0;
    // The keys of these slots are to be dropped: `owner` has them.
    virtual void slots_lost(const slots::SlotSet& slots, const slots::NodeId& owner) = 0;
    virtual void published(const gossip::Publish& message) = 0;
};

// What the bus knows, at one moment.
struct Report {
    gossip::Status cluster;
    std::map<gossip::LinkId, std::size_t> unsent;  // Bytes that wait for the peer, by link.
    std::uint64_t links_cut = 0;                   // Because the peer did not read.
    std::uint64_t links_refused = 0;               // Because of something else that it did.
    bool authenticated = false;                    // There is a cluster-bus-key.
    std::size_t open_links = 0;                    // On which nobody proves anything.
    std::size_t previous_key_links = 0;            // That would end without the previous key.
};

class Bus final : private LinksListener {
public:
    // Loads the state, locks it against other processes and listens. To be called before `loop`
    // runs or on its thread. The listener and the workers' loops must outlive the bus.
    static Result<std::unique_ptr<Bus>> open(io::Loop& loop, BusOptions options,
                                             const std::vector<io::Loop*>& workers,
                                             BusListener& listener);
    ~Bus();  // On the loop's thread, or after the loop has stopped.
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // Before the loop runs, or on its thread. Never null.
    slots::TopologyPtr topology() const { return gossip_.topology(); }
    const slots::NodeId& self() const { return gossip_.self(); }

    // From any thread; answers are called on the bus thread, in the order of the questions.
    using Answer = std::function<void(Result<std::string>)>;
    // Answers once what was ordered is saved, or when that failed.
    void obey(gossip::Order order, Answer answer);
    void report(std::function<void(std::shared_ptr<const Report>)> answer);
    void history(std::function<void(const History&)> answer);
    void replication(const gossip::Replication& facts);
    void publish(gossip::Publish message);
    void configure(gossip::Settings settings, std::size_t send_limit, Trust trust,
                   std::vector<Seed> places);

    // Closes every socket of the bus and falls silent for good, so that peers know at once. Orders
    // are refused from then on. On the loop's thread.
    void close();

private:
    struct Unsaved {
        gossip::Generation generation;
        Result<std::string> reply;
        Answer answer;
    };

    Bus(io::Loop& loop, BusOptions options, const std::vector<io::Loop*>& workers,
        BusListener& listener, io::FileLock lock, LoadedState loaded);
    Result<void> listen();
    void listen_on(int descriptor);

    gossip::Instant now() const;
    void tick();
    void say_whether_open() const;
    void say_whether_silent() const;
    void obey_now(const gossip::Order& order, Answer answer);
    void saved(gossip::Generation generation);
    void not_saved(gossip::Generation generation, const Error& error);
    std::vector<Unsaved> take_unsaved(gossip::Generation until);

    void carry_out(gossip::Effects effects);
    void announce(gossip::Announcement& announcement);
    void tell_lease(gossip::Instant lease);
    std::shared_ptr<const Report> report_now() const;

    gossip::LinkId link_accepted(std::string remote, std::string local) override;
    void link_changed(gossip::LinkId link, gossip::LinkEvent event) override;
    bool message_received(gossip::LinkId link, const gossip::Message& message) override;
    void link_refused(const std::string& peer, const std::string& reason) override;

    io::Loop& loop_;
    BusOptions options_;
    BusListener& listener_;
    io::FileLock lock_;
    gossip::Gossip gossip_;
    io::Resolver resolver_;
    Seeds seeds_;
    WorkerWatch watch_;
    bool silent_ = false;  // A worker hangs.
    bool closed_ = false;
    Links links_;
    StateWriter writer_;
    io::Timer tick_;
    History history_;
    Complaints complaints_;
    gossip::Instant lease_{};  // As the listener was told.
    std::vector<Unsaved> unsaved_;
    struct OpenListener {
        LastBreath last_breath;
        std::unique_ptr<io::Listener> listener;
    };
    std::vector<OpenListener> listeners_;
};

}  // namespace grapevine::node::bus
