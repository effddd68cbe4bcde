#include "slots/route.h"

#include <catch2/catch.hpp>
#include <string>

using namespace grapevine::slots;

namespace {

constexpr Slot ours{1};
constexpr Slot theirs{2};
constexpr Slot nobodys{3};
constexpr NodeIndex me = 0;
constexpr NodeIndex other = 1;

Node node(char name, Role role = Role::primary, char primary = 0) {
    Node made;
    made.id = *NodeId::parse(std::string(40, name));
    made.role = role;
    if (primary != 0) made.primary = *NodeId::parse(std::string(40, primary));
    return made;
}

// Two primaries; slot 1 is this node's, slot 2 the other's, slot 3 nobody's.
Topology two_primaries() {
    Topology topology;
    topology.nodes = {node('a'), node('b')};
    topology.self = me;
    topology.owner[ours.number] = me;
    topology.owner[theirs.number] = other;
    topology.serving = true;
    return topology;
}

// The same, seen from a replica of the second primary.
Topology seen_by_replica() {
    auto topology = two_primaries();
    topology.nodes.push_back(node('c', Role::replica, 'b'));
    topology.self = 2;
    return topology;
}

}  // namespace

TEST_CASE("a node serves its own slots", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = ours, .writes = true}) == Route{Verdict::serve});
}

TEST_CASE("another primary's slot is redirected for good", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = theirs}) == Route{Verdict::moved, other});
}

TEST_CASE("keys of different slots are refused before anything else", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = theirs, .same_slot = false}).verdict ==
          Verdict::cross_slot);
}

TEST_CASE("nobody's slot is not served", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = nobodys}).verdict == Verdict::unowned);
}

TEST_CASE("a primary that may have been replaced accepts no write", "[slots][route]") {
    auto topology = two_primaries();
    topology.fenced = true;

    CHECK(route(topology, {.slot = ours, .writes = true}).verdict == Verdict::cluster_down);
    CHECK(route(topology, {.slot = ours}).verdict == Verdict::serve);
}

TEST_CASE("a cluster that is down serves nothing", "[slots][route]") {
    auto topology = two_primaries();
    topology.serving = false;

    CHECK(route(topology, {.slot = ours}).verdict == Verdict::cluster_down);
    CHECK(route(topology, {.slot = theirs}).verdict == Verdict::cluster_down);
}

TEST_CASE("a cluster that is down answers reads where it is allowed to", "[slots][route]") {
    auto topology = two_primaries();
    topology.serving = false;

    CHECK(route(topology, {.slot = ours, .allow_reads_when_down = true}).verdict == Verdict::serve);
    CHECK(route(topology, {.slot = ours, .writes = true, .allow_reads_when_down = true}).verdict ==
          Verdict::cluster_down);
}

TEST_CASE("a slot on its way out is served as long as its keys are here", "[slots][route]") {
    auto topology = two_primaries();
    topology.migrating_to[ours.number] = other;
    using Presence = Question::Presence;

    CHECK(route(topology, {.slot = ours, .present = Presence::all}).verdict == Verdict::serve);
    CHECK(route(topology, {.slot = ours, .present = Presence::none}) == Route{Verdict::ask, other});
    CHECK(
        route(topology, {.slot = ours, .several_keys = true, .present = Presence::some}).verdict ==
        Verdict::try_again);
}

TEST_CASE("a slot on its way in is served to those who were sent here", "[slots][route]") {
    auto topology = two_primaries();
    topology.importing_from[theirs.number] = other;
    using Presence = Question::Presence;

    CHECK(route(topology, {.slot = theirs}) == Route{Verdict::moved, other});
    CHECK(route(topology, {.slot = theirs, .asking = true, .present = Presence::none}).verdict ==
          Verdict::serve);
    CHECK(route(topology,
                {.slot = theirs, .asking = true, .several_keys = true, .present = Presence::some})
              .verdict == Verdict::try_again);
}

TEST_CASE("asking for a slot that is not coming here changes nothing", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = theirs, .asking = true}) == Route{Verdict::moved, other});
}

TEST_CASE("a replica answers reads of its primary's slots to those who accept it",
          "[slots][route]") {
    const auto topology = seen_by_replica();

    CHECK(route(topology, {.slot = theirs, .read_only = true}).verdict == Verdict::serve);
    CHECK(route(topology, {.slot = theirs}) == Route{Verdict::moved, other});
    CHECK(route(topology, {.slot = ours, .read_only = true}) == Route{Verdict::moved, me});
}

TEST_CASE("a replica sends every write to its primary", "[slots][route]") {
    CHECK(route(seen_by_replica(), {.slot = theirs, .writes = true, .read_only = true}) ==
          Route{Verdict::moved, other});
}

TEST_CASE("a primary whose lease is over accepts no write and answers reads", "[slots][route]") {
    CHECK(route(two_primaries(), {.slot = ours, .writes = true, .may_write = false}) ==
          Route{Verdict::cluster_down});
    CHECK(route(two_primaries(), {.slot = ours, .may_write = false}) == Route{Verdict::serve});
}
