#include "node/bus/complaints.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::node;
using bus::Complaints;

namespace {

gossip::Instant at(int ms) {
    return gossip::Instant{gossip::Duration{ms}};
}

}  // namespace

TEST_CASE("the same complaint is said once in a while, with how often it was not", "[bus]") {
    Complaints complaints;

    CHECK(complaints.worth_saying("10.0.0.1 no key", at(0)) == 0u);
    CHECK_FALSE(complaints.worth_saying("10.0.0.1 no key", at(1)));
    CHECK_FALSE(complaints.worth_saying("10.0.0.1 no key", at(9'999)));
    CHECK(complaints.worth_saying("10.0.0.2 no key", at(9'999)) == 0u);
    CHECK(complaints.worth_saying("10.0.0.1 no key", at(10'000)) == 2u);
    CHECK(complaints.worth_saying("10.0.0.1 no key", at(20'000)) == 0u);
}

TEST_CASE("however many different things are complained about, the log stays short", "[bus]") {
    Complaints complaints;
    std::size_t said = 0;

    for (int i = 0; i < 10'000; ++i) {
        if (complaints.worth_saying(std::to_string(i), at(i / 2))) ++said;
    }

    CHECK(said == Complaints::most_kinds + 1);
    CHECK(complaints.worth_saying("later", at(30'000)) == 0u);
}
