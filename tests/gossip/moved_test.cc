// Who comes back at another address is found there, and says so.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

void move(Village& village, std::size_t node) {
    village.kill(node);
    ++village.house(node).moves;
    village.restart(node);
}

bool knows_where_it_is(Village& village, std::size_t observer, std::size_t about) {
    return village.member(observer, about).endpoint.host == village.house(about).host();
}

}  // namespace

TEST_CASE("a node that has moved is known at its new address, to itself as well", "[gossip]") {
    Village village(95);
    village.found(3, 1);

    move(village, 1);

    for (std::size_t node = 0; node < village.size(); ++node) {
        INFO("node " << node);
        CHECK(village.run_until([&] { return knows_where_it_is(village, node, 1); },
                                Duration{30'000}));
    }
}
