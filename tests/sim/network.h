// A network like TCP: each direction of a connection keeps its order; what is cut off waits, and
// arrives late or never. Machines are numbers. Those after all real ones are ghosts (ghosts.h):
// their own network has no faults.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gossip/effects.h"
#include "tests/sim/chance.h"
#include "tests/sim/plan.h"
#include "tests/sim/traffic.h"

namespace grapevine::sim {

using gossip::LinkEvent;
using gossip::LinkId;
using gossip::Message;

// Who is on the network. Calls come from inside Scheduler tasks only.
class NetworkUser {
public:
    // Runs `task` when the process that was machine's in that life is awake; never if it is dead.
    virtual void enter(std::size_t machine, unsigned life, Task task) = 0;
    virtual LinkId link_accepted(std::size_t machine, std::size_t from) = 0;
    virtual void link_changed(std::size_t machine, LinkId link, LinkEvent event) = 0;
    virtual void message_arrived(std::size_t machine, LinkId link, const Message& message) = 0;

protected:
    ~NetworkUser() = default;
};

class Network {
public:
    Network(Scheduler& scheduler, NetworkUser& user, const Setup& setup, std::size_t machines);
    ~Network();

    // Who plays the ghosts. Before any of them listens.
    void haunt(NetworkUser& ghosts) { ghosts_ = &ghosts; }

    // A process begins to listen at an address; its machine has power.
    void listen(std::size_t machine, unsigned life, std::string host, std::uint16_t port);
    // Until then whoever connects to it has to wait.
    void opens(std::size_t machine, Time at) { hosts_[machine].opens_at = at; }
    // The process is gone; its kernel says so to everybody it was connected to.
    void process_died(std::size_t machine);
    // The machine is gone: nobody is told anything.
    void host_died(std::size_t machine);

    void connect(std::size_t machine, const gossip::Connect& wanted);
    void close(std::size_t machine, LinkId link);
    void send(std::size_t machine, LinkId link, Message&& message);

    // Nothing gets from one to the other, until it was opened as often as it was cut.
    void cut(std::size_t from, std::size_t to);
    void open(std::size_t from, std::size_t to);
    // Everything that was cut, refused or slowed is as it was in the beginning.
    void heal();
    // A firewall answers connections to the machine with a refusal; ends likewise.
    void refuse(std::size_t machine) { ++hosts_[machine].refusals; }
    void admit(std::size_t machine) { --hosts_[machine].refusals; }
    // The same, and it swallows what the machine itself connects to; every link of it ends.
    void seal(std::size_t machine);
    void unseal(std::size_t machine);
    // What one says to the other is late by up to so much more.
    void slow(std::size_t from, std::size_t to, Time most) { extra_[pair(from, to)] = most; }
    // Every connection between the two ends; both are told.
    void reset(std::size_t a, std::size_t b);
    // `forgetful` loses its connections with the other, which is not told.
    void half_open(std::size_t forgetful, std::size_t other);

    // What has changed about the acknowledgements on the links that the machine has made.
    std::vector<std::pair<LinkId, LinkEvent>> acknowledgements(std::size_t machine);

    // What was sent on a link that the machine has made waits for an acknowledgement too long.
    bool is_unacknowledged(std::size_t machine, LinkId link) const;

    // What has left the machine since the beginning.
    const Traffic& traffic(std::size_t machine) const { return hosts_[machine].traffic; }

    bool is_cut(std::size_t from, std::size_t to) const;
    Time delay(std::size_t from, std::size_t to);

private:
    struct Connection;
    struct End;
    struct Parcel;
    struct Host {
        bool powered = false;
        bool listening = false;
        unsigned life = 0;
        int refusals = 0;
        int seals = 0;
        Time opens_at{0};
        std::string address;
        std::uint16_t port = 0;
        std::map<LinkId, std::shared_ptr<Connection>> links;  // Of the current life.
        std::set<LinkId> connecting;
        Traffic traffic;
    };
    using Shared = std::shared_ptr<Connection>;
    using Frame = std::shared_ptr<const std::vector<std::uint8_t>>;

    // Faults are between machines only.
    bool has_faults(std::size_t from, std::size_t to) const {
        return from < machines_ && to < machines_;
    }
    std::size_t pair(std::size_t from, std::size_t to) const { return from * machines_ + to; }
    NetworkUser& user_of(std::size_t machine) { return machine < machines_ ? user_ : *ghosts_; }
    bool waits_for_acknowledgement(const End& end) const;
    bool is_blocked(std::size_t from, std::size_t to) const;
    std::optional<std::size_t> host_at(const std::string& address, std::uint16_t port) const;
    std::vector<Shared> between(std::size_t a, std::size_t b) const;

    void knock(std::size_t client, unsigned life, LinkId link, std::size_t server);
    void establish(std::size_t client, unsigned life, LinkId link, std::size_t server);
    void report(std::size_t machine, unsigned life, LinkId link, LinkEvent event, Time after);
    static Frame packed(End& sender, const Message& message);
    static Message read_back(End& receiver, const std::vector<std::uint8_t>& bytes);
    void measure(const Shared& connection, int side, const Message& message);
    void count(std::size_t from, std::size_t to, const Message& message, std::size_t bytes);
    void post(const Shared& connection, int side, Parcel parcel);
    void arrive(const Shared& connection, int side, const Parcel& parcel);
    void hold(const Shared& connection, int side, const Parcel& parcel);
    void release(const Shared& connection, int side);
    void hand_over(const Shared& connection, int side, const Parcel& parcel);
    void acknowledge(const Shared& connection, int side);
    void deliver(const Shared& connection, int side, const Parcel& parcel);
    // The end on `side` is lost to its owner, who is told.
    void lose(const Shared& connection, int side, LinkEvent event = LinkEvent::closed);
    void detach(const Shared& connection, int side);

    Scheduler& scheduler_;
    NetworkUser& user_;
    NetworkUser* ghosts_ = nullptr;
    const Setup& setup_;
    const std::size_t machines_;
    Chance chance_;
    Time connecting_;      // After this a host counts as unreachable.
    Time unacknowledged_;  // After this a connection on which nothing gets through ends.
    std::vector<Host> hosts_;
    std::map<std::pair<std::string, std::uint16_t>, std::size_t> places_;  // Of hosts.
    std::vector<int> cuts_;                                                // By pair.
    std::vector<Time> extra_;                                              // By pair.
};

}  // namespace grapevine::sim
