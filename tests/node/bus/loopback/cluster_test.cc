#include <catch2/catch.hpp>

#include "tests/node/bus/loopback/running_bus.h"

using namespace grapevine;
using namespace grapevine::node;
using bus::run_until;
using bus::RunningBus;

namespace {

constexpr gossip::Duration node_timeout{1'000};

// Three primaries with a third of the slots each, and a replica of the first.
struct Cluster {
    Cluster() {
        const std::vector<std::string> shares{"0-5460", "5461-10922", "10923-16383"};
        for (std::uint64_t i = 0; i < 4; ++i) {
            nodes.push_back(std::make_unique<RunningBus>(loop, i + 1, node_timeout));
        }
        for (std::size_t i = 0; i < shares.size(); ++i) {
            nodes[i]->obey(gossip::AddSlots{*slots::SlotSet::parse(shares[i])});
            nodes[i]->obey(gossip::SetConfigEpoch{static_cast<std::int64_t>(i) + 1});
        }
        for (std::size_t i = 1; i < nodes.size(); ++i) nodes[0]->meet(*nodes[i]);
        run_until(loop, [&] { return all_see([](const auto& map) { return map.serving; }); });
        run_until(loop,
                  [&] { return all_see([](const auto& map) { return map.nodes.size() == 4; }); });
        REQUIRE(replica().obey(gossip::Replicate{nodes[0]->id()}) == "OK");
        run_until(loop, [&] {
            return all_see([&](const auto& map) {
                return map.replicas_of(*map.find(nodes[0]->id())).size() == 1;
            });
        });
    }

    template <typename Condition>
    bool all_see(Condition condition, std::size_t first = 0) {
        for (std::size_t i = first; i < nodes.size(); ++i) {
            if (!condition(nodes[i]->topology())) return false;
        }
        return true;
    }
    RunningBus& replica() { return *nodes[3]; }

    io::Loop loop;
    std::vector<std::unique_ptr<RunningBus>> nodes;
};

}  // namespace

TEST_CASE("nodes that are introduced to one of them become one cluster", "[bus]") {
    Cluster cluster;

    CHECK(cluster.replica().followed() == cluster.nodes[0]->id());
    CHECK(cluster.all_see([&](const slots::Topology& map) {
        return map.nodes[map.owner[0]].id == cluster.nodes[0]->id() &&
               map.nodes[map.owner[16383]].id == cluster.nodes[2]->id();
    }));
}

TEST_CASE("when a primary dies, its replica takes its place", "[bus]") {
    Cluster cluster;

    cluster.nodes[0]->die();
    run_until(cluster.loop, [&] {
        return cluster.all_see(
            [&](const slots::Topology& map) {
                return map.serving && map.nodes[map.owner[0]].id == cluster.replica().id();
            },
            1);
    });

    CHECK(cluster.replica().was_promoted());
}

TEST_CASE("what one node publishes is heard by the others", "[bus]") {
    Cluster cluster;

    cluster.nodes[1]->bus().publish({"news", "hello", false});

    run_until(cluster.loop, [&] { return cluster.nodes[2]->heard() == "hello"; });
    CHECK(cluster.nodes[1]->heard().empty());
}

TEST_CASE("nodes with the same key find each other, at open addresses too", "[bus]") {
    const bus::Key key("the key of the cluster");
    io::Loop loop;
    RunningBus first(loop, 1, node_timeout, {key, {}, {}});
    RunningBus second(loop, 2, node_timeout, {key, {}, {*config::parse_network("127.0.0.1")}});
    const auto know_each_other = [&] {
        return first.topology().nodes.size() == 2 && second.topology().nodes.size() == 2;
    };
    std::shared_ptr<const bus::Report> report;

    first.meet(second);
    run_until(loop, know_each_other);
    second.bus().report([&](auto answer) { report = std::move(answer); });
    run_until(loop, [&] { return report != nullptr; });

    CHECK(report->authenticated);
    CHECK(report->open_links == 0);
}

TEST_CASE("a node whose key is another stays alone", "[bus]") {
    io::Loop loop;
    RunningBus ours(loop, 1, node_timeout, {bus::Key("the key of the cluster"), {}, {}});
    RunningBus stranger(loop, 2, node_timeout, {bus::Key("the key of another"), {}, {}});
    std::shared_ptr<const bus::Report> report;

    stranger.meet(ours);
    run_until(loop, [&] {
        ours.bus().report([&](auto answer) { report = std::move(answer); });
        return report && report->links_refused > 0;
    });

    CHECK(ours.topology().nodes.size() == 1);
    CHECK(stranger.topology().nodes.size() == 1);
}

TEST_CASE("a report counts the links and messages of the bus", "[bus]") {
    Cluster cluster;
    std::shared_ptr<const bus::Report> report;

    cluster.nodes[0]->bus().report([&](auto answer) { report = std::move(answer); });
    run_until(cluster.loop, [&] { return report != nullptr; });

    CHECK(report->cluster.self == cluster.nodes[0]->id());
    CHECK(report->cluster.slots_assigned == slots::slot_count);
    CHECK(report->cluster.links.size() >= 6);
    CHECK(report->cluster.sent[static_cast<std::size_t>(gossip::MessageType::meet)] == 3);
    CHECK(report->links_cut == 0);
}

TEST_CASE("a second bus on the same port or state gets a clear error", "[bus]") {
    io::Loop loop;
    const bus::TemporaryFolder folder;
    RunningBus first(loop, 1, node_timeout);
    bus::BusOptions options;
    options.bind = {"127.0.0.1"};
    options.port = first.port();
    options.state_file = folder.file("nodes.conf");

    const auto same_port = bus::Bus::open(loop, options, {}, first);
    const auto lock = bus::lock_state(options.state_file);
    options.port = bus::free_port();
    const auto same_state = bus::Bus::open(loop, options, {}, first);

    REQUIRE_FALSE(same_port);
    CHECK(same_port.error().text.find("in use") != std::string::npos);
    REQUIRE_FALSE(same_state);
    CHECK(same_state.error().text.find("nodes.conf") != std::string::npos);
}
