// Whom a node looks for, and when. Names are resolved by hand here.
#include "node/bus/seeds.h"

#include <catch2/catch.hpp>

#include "node/io/file.h"
#include "node/observe/log.h"
#include "tests/node/bus/temporary_folder.h"

using namespace grapevine;
using namespace grapevine::node;
using bus::Seed;
using bus::Seeds;
using bus::whom_to_ask;

namespace {

gossip::Instant at(int ms) {
    return gossip::Instant{gossip::Duration{1'000'000 + ms}};
}

// Node 0 is the one that looks; the first `linked` others are linked with it. Node n was at
// 10.0.0.n last.
slots::Topology map_of(std::size_t size, std::size_t linked) {
    slots::Topology map;
    map.self = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto port = static_cast<std::uint16_t>(7000 + i);
        slots::Node node;
        node.endpoint = {"10.0.0." + std::to_string(i), port,
                         static_cast<std::uint16_t>(port + 10000)};
        node.linked = i <= linked;
        map.nodes.push_back(node);
    }
    return map;
}

slots::TopologyPtr shared(const slots::Topology& map) {
    return std::make_shared<const slots::Topology>(map);
}

Seed place(const std::string& host, int number) {
    return {host, static_cast<std::uint16_t>(7000 + number),
            static_cast<std::uint16_t>(17000 + number)};
}

// Remembers whom it was told to meet; answers when the test says so.
struct World {
    std::vector<std::string> met;
    std::vector<std::string> asked;
    std::vector<std::function<void(Seeds::Addresses)>> open;
    Seeds seeds{[this](const std::string& name, auto answer) {
                    asked.push_back(name);
                    open.push_back(std::move(answer));
                },
                [this](const gossip::Meet& meet) {
                    CHECK(meet.by_seed);
                    CHECK(meet.bus_port == meet.port + 10000);
                    met.push_back(meet.host + ":" + std::to_string(meet.port));
                }};

    void answer(const Seeds::Addresses& addresses) {
        const auto answers = std::exchange(open, {});
        for (const auto& each : answers) each(addresses);
    }
};

using Addresses = std::vector<std::string>;

}  // namespace

TEST_CASE("a node is in touch when it is linked with most of the others", "[bus]") {
    CHECK_FALSE(bus::is_in_touch(map_of(1, 0)));  // It knows nobody.
    CHECK_FALSE(bus::is_in_touch(map_of(2, 0)));
    CHECK(bus::is_in_touch(map_of(2, 1)));
    CHECK_FALSE(bus::is_in_touch(map_of(3, 1)));
    CHECK(bus::is_in_touch(map_of(3, 2)));
    CHECK_FALSE(bus::is_in_touch(map_of(6, 2)));
    CHECK(bus::is_in_touch(map_of(6, 3)));
}

TEST_CASE("who is in touch asks nobody, nor who has neither seeds nor names", "[bus]") {
    CHECK(whom_to_ask({place("10.1.0.1", 1)}, map_of(6, 3)).empty());
    CHECK(whom_to_ask({}, map_of(6, 0)).empty());
}

TEST_CASE("who is out of touch asks each seed once, but neither itself nor who is linked",
          "[bus]") {
    const auto map = map_of(6, 1);
    const std::vector<Seed> seeds{place("10.1.0.3", 3), place("10.0.0.0", 0),
                                  place("10.0.0.1", 1), place("::ffff:10.0.0.1", 1),
                                  place("10.0.0.2", 2), place("10.1.0.3", 3),
                                  place("10.0.0.1", 2)};

    CHECK(whom_to_ask(seeds, map) ==
          std::vector<Seed>{place("10.1.0.3", 3), place("10.0.0.2", 2), place("10.0.0.1", 2)});
}

TEST_CASE("host names of members that are not linked are asked for, with their ports", "[bus]") {
    auto map = map_of(4, 1);
    for (slots::Node& node : map.nodes) node.hostname = "node-" + node.endpoint.host;
    map.nodes[2].endpoint.host.clear();
    map.nodes[3].hostname = "seed";

    CHECK(whom_to_ask({place("seed", 3)}, map) ==
          std::vector<Seed>{place("seed", 3), place("node-10.0.0.2", 2)});
}

TEST_CASE("it asks at once, then every two seconds, until it is in touch", "[bus]") {
    World world;
    world.seeds.plant({place("10.1.0.1", 1)});
    const auto lonely = shared(map_of(3, 0));

    world.seeds.tick(at(0), lonely);
    CHECK(world.met == Addresses{"10.1.0.1:7001"});
    world.seeds.tick(at(1'999), lonely);
    CHECK(world.met.size() == 1);
    world.seeds.tick(at(2'000), lonely);
    CHECK(world.met.size() == 2);
    world.seeds.tick(at(10'000), shared(map_of(3, 2)));
    CHECK(world.met.size() == 2);
    CHECK(world.asked.empty());
}

TEST_CASE("a name is looked up anew each time, and all its addresses are asked", "[bus]") {
    World world;
    world.seeds.plant({place("nodes", 1)});
    const auto lonely = shared(map_of(1, 0));

    world.seeds.tick(at(0), lonely);
    world.answer(Addresses{"10.0.0.1", "fd00::1"});
    CHECK(world.met == Addresses{"10.0.0.1:7001", "fd00::1:7001"});

    world.seeds.tick(at(2'000), lonely);
    world.answer(Addresses{"10.2.0.1"});
    CHECK(world.met.back() == "10.2.0.1:7001");
    CHECK(world.asked == Addresses{"nodes", "nodes"});
}

TEST_CASE("members that have moved are found where their host names lead now", "[bus]") {
    World world;
    auto map = map_of(3, 0);
    map.nodes[1].hostname = "one";
    map.nodes[2].hostname = "two";

    world.seeds.tick(at(0), shared(map));

    CHECK(world.asked == Addresses{"one", "two"});
    world.answer(Addresses{"10.9.0.1"});
    CHECK(world.met == Addresses{"10.9.0.1:7001", "10.9.0.1:7002"});
}

TEST_CASE("a slow look-up is not begun twice, and comes too late for who is in touch", "[bus]") {
    World world;
    world.seeds.plant({place("slow", 1), place("slow", 2)});
    const auto lonely = shared(map_of(3, 0));

    world.seeds.tick(at(0), lonely);
    world.seeds.tick(at(2'000), lonely);
    CHECK(world.asked.size() == 2);  // One for each port.

    world.seeds.tick(at(2'100), shared(map_of(3, 2)));
    world.answer(Addresses{"10.1.0.1"});
    CHECK(world.met.empty());
}

TEST_CASE("where a name leads to a member that is linked, nobody is asked", "[bus]") {
    World world;
    world.seeds.plant({place("nodes", 1)});

    world.seeds.tick(at(0), shared(map_of(6, 1)));
    world.answer(Addresses{"10.0.0.1", "10.0.0.7"});

    CHECK(world.met == Addresses{"10.0.0.7:7001"});
}

TEST_CASE("that a name has no address is said when it changes, not in every round", "[bus]") {
    const bus::TemporaryFolder folder;
    observe::log::set_file(folder.file("log"));
    World world;
    world.seeds.plant({place("nodes", 1), place("nodes", 2)});
    const auto lonely = shared(map_of(1, 0));
    const Seeds::Addresses outcomes[] = {
        Error{"unknown"},      Error{"unknown"}, Error{"try again"},
        Addresses{"10.0.0.1"}, Error{"unknown"}, Addresses{"10.0.0.1"},
    };
    for (int round = 0; const auto& outcome : outcomes) {
        world.seeds.tick(at(2'000 * round++), lonely);
        world.answer(outcome);
    }
    observe::log::set_file("");

    const std::string text = *io::read_file(folder.file("log"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 5);
    CHECK_THAT(text, Catch::Contains("has no address name=nodes reason=try again"));
    CHECK_THAT(text, Catch::EndsWith("has an address again name=nodes\n"));
}
