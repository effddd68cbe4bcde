#include "node/bus/event_text.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using gossip::Event;

TEST_CASE("a line of the log says what happened, to whom and in which epoch", "[bus]") {
    const std::string name(40, 'a');
    const auto id = *slots::NodeId::parse(name);

    CHECK(node::bus::to_text({Event::Kind::peer_failed, id, 7, "3 accusers"}) ==
          "peer failed: 3 accusers node=" + name + " epoch=7");
    CHECK(node::bus::to_text({Event::Kind::serving, {}, 0, ""}) ==
          std::string(gossip::name_of(Event::Kind::serving)));
}

TEST_CASE("the loss of a peer is worth a warning, its return is not", "[bus]") {
    CHECK(node::bus::worrying(Event::Kind::peer_failed));
    CHECK_FALSE(node::bus::worrying(Event::Kind::peer_recovered));
}
