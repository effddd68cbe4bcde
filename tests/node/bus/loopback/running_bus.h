// Buses on this machine's loopback interface, all on one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "node/bus/bus.h"
#include "node/io/socket.h"
#include "tests/node/bus/temporary_folder.h"

namespace grapevine::node::bus {

// A port on which nobody listens, for now.
inline std::uint16_t free_port() {
    const auto descriptor = io::listen_tcp("127.0.0.1", 0, 1);
    const auto port = io::local_address(*descriptor).port;
    ::close(*descriptor);
    return port;
}

// Runs `loop` until `reached` holds; throws when it does not within half a minute.
inline void run_until(io::Loop& loop, const std::function<bool()>& reached) {
    bool late = false;
    io::Timer give_up(loop, [&] {
        late = true;
        loop.stop();
    });
    io::Timer look(loop, [&] {
        if (reached()) loop.stop();
    });
    give_up.once(30'000);
    look.every(5);
    loop.run();
    if (late) throw std::runtime_error("it did not come to that within half a minute");
}

// A node that is a bus only: its data is imaginary, and complete.
class RunningBus final : public BusListener {
public:
    RunningBus(io::Loop& loop, std::uint64_t seed, gossip::Duration node_timeout, Trust trust = {})
        : loop_(loop), port_(free_port()) {
        BusOptions options;
        options.gossip.timing.node_timeout = node_timeout;
        options.gossip.announce.port = static_cast<std::uint16_t>(seed);  // Nobody serves it.
        options.gossip.announce.bus_port = port_;
        options.bind = {"127.0.0.1"};
        options.port = port_;
        options.state_file = folder_.file("nodes.conf");
        options.seed = seed;
        options.trust = std::move(trust);
        auto opened = Bus::open(loop, options, {}, *this);
        if (!opened) throw std::runtime_error(opened.error().text);
        bus_ = std::move(*opened);
        topology_ = bus_->topology();
        tell_replication(0);
    }

    // What an operator says; the reply, or the error's text.
    std::string obey(gossip::Order order) {
        std::string reply;
        bus_->obey(std::move(order), [&](Result<std::string> answer) {
            reply = answer ? *answer : answer.error().text;
        });
        run_until(loop_, [&] { return !reply.empty(); });
        return reply;
    }
    void meet(const RunningBus& other) { obey(gossip::Meet{"127.0.0.1", 1, other.port_}); }
    void die() { bus_->close(); }

    const slots::Topology& topology() const { return *topology_; }
    const slots::NodeId& id() const { return bus_->self(); }
    std::uint16_t port() const { return port_; }
    Bus& bus() { return *bus_; }
    bool was_promoted() const { return was_promoted_; }
    const slots::NodeId& followed() const { return followed_; }

    void topology_changed(slots::TopologyPtr topology) override { topology_ = std::move(topology); }
    void lease_changed(std::int64_t) override {}
    void promoted() override { was_promoted_ = true; }
    void follow(const gossip::Follow& target) override {
        followed_ = target.primary;
        tell_replication(target.number);
    }
    void follow_nobody() override { followed_ = {}; }
    void keep_data() override {}
    void writes_paused() override {}
    void writes_resumed() override {}
    void slots_lost(const slots::SlotSet&, const slots::NodeId&) override {}
    void published(const gossip::Publish& message) override { heard_ = message.payload; }
    const std::string& heard() const { return heard_; }

private:
    void tell_replication(std::uint64_t follow) {
        bus_->replication({.offset = 100, .follow = follow, .link_up = true, .in_step = true});
    }

    TemporaryFolder folder_;
    io::Loop& loop_;
    std::uint16_t port_;
    slots::TopologyPtr topology_;
    bool was_promoted_ = false;
    slots::NodeId followed_;
    std::string heard_;
    std::unique_ptr<Bus> bus_;
};

}  // namespace grapevine::node::bus
