#include "node/session/lease.h"

#include <catch2/catch.hpp>
#include <limits>

using grapevine::node::session::Lease;
using grapevine::node::session::LeaseView;

namespace {
constexpr auto for_ever = std::numeric_limits<std::int64_t>::max();
}

TEST_CASE("without a bus nobody else can be the primary", "[session]") {
    LeaseView view;
    CHECK(view.until_us() == for_ever);
}

TEST_CASE("with a bus nothing is sure until it has told so", "[session]") {
    Lease lease;
    LeaseView view;
    view.watch(lease);
    CHECK(view.until_us() == 0);
    lease.tell(50);
    CHECK(view.until_us() == 50);
    lease.tell(20);
    CHECK(view.until_us() == 20);
}

TEST_CASE("a lease is not for whoever has an older map", "[session]") {
    Lease lease;
    LeaseView view;
    view.watch(lease);
    lease.tell(50);
    REQUIRE(view.until_us() == 50);

    // The node was replaced while it stood still: without slots it needs no lease, but this worker
    // still believes that it owns them.
    const auto map = lease.map_made();
    lease.tell(for_ever);
    CHECK(view.until_us() == 50);
    view.map_taken(map);
    CHECK(view.until_us() == for_ever);
}

TEST_CASE("until a worker has the new map its old lease may only end earlier", "[session]") {
    Lease lease;
    LeaseView view;
    view.watch(lease);
    lease.tell(50);
    REQUIRE(view.until_us() == 50);
    const auto first = lease.map_made();
    lease.tell(30);
    CHECK(view.until_us() == 30);
    lease.tell(70);
    CHECK(view.until_us() == 30);
    const auto second = lease.map_made();
    view.map_taken(first);
    lease.tell(90);
    CHECK(view.until_us() == 30);
    view.map_taken(second);
    CHECK(view.until_us() == 90);
}
