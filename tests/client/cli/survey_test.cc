#include "client/cli/survey.h"

#include <catch2/catch.hpp>

#include "tests/client/cli/village.h"

using namespace grapevine;
using namespace grapevine::client::cli;

TEST_CASE("a survey brings together what the nodes say of themselves", "[cli]") {
    const Village village;

    const auto cluster = village.survey();

    REQUIRE(cluster);
    CHECK(cluster->epoch == 7);
    CHECK(cluster->nodes() == 6);
    CHECK(cluster->slots() == slots::SlotSet::all());
    CHECK(cluster->total(&Node::keys) == 4000);
    CHECK(cluster->total(&Node::operations) == 4500);
    REQUIRE(cluster->shards.size() == 3);
    const Shard& first = cluster->shards[0];
    CHECK(first.name == "A");
    CHECK(first.primary.epoch == 1);
    CHECK(first.lag_of(first.replicas.at(0)) == 95);
    CHECK(cluster->shards[1].replicas.empty());
    REQUIRE(cluster->strays.size() == 1);
    CHECK(cluster->strays[0].endpoint.port == 18002);
}

TEST_CASE("shards are named in the order of their first slots", "[cli]") {
    const auto cluster = Village().survey();

    REQUIRE(cluster);
    CHECK(cluster->shards[0].slots.contains({0}));
    CHECK(cluster->shards[1].slots.contains({5461}));
    CHECK(cluster->shards[2].slots.contains({16383}));
}

TEST_CASE("of several seeds the first that answers is asked", "[cli]") {
    const Village village;

    const auto cluster = survey({{"127.0.0.1", 1, 0}, {"127.0.0.1", 18003, 0}}, village.ask());

    REQUIRE(cluster);
    CHECK(cluster->asked.port == 18003);
}

TEST_CASE("when no seed can be reached, each is named with its reason", "[cli]") {
    const Village village;

    const auto cluster = survey({{"127.0.0.1", 1, 0}, {"127.0.0.1", 2, 0}}, village.ask());

    REQUIRE_FALSE(cluster);
    CHECK(cluster.error().text ==
          "UNREACHABLE cannot reach 127.0.0.1:1: Connection refused; 127.0.0.1:2: Connection "
          "refused\nstart a cluster with `scripts/cluster start`, or name a node that runs: -c "
          "HOST:PORT");
}

TEST_CASE("a refusal comes with what to do about it", "[cli]") {
    Village village;
    const auto refusal = [&village](const std::string& text) {
        village.refusals[18001] = text;
        const auto cluster = village.survey();
        REQUIRE_FALSE(cluster);
        return cluster.error().text;
    };
    CHECK(refusal("NOAUTH Authentication required.") ==
          "ERR 127.0.0.1:18001 refuses: NOAUTH Authentication required.\n"
          "give --password or set GRAPEVINE_PASSWORD");
    CHECK(
        refusal("WRONGPASS invalid password").ends_with("check --password or GRAPEVINE_PASSWORD"));
    CHECK(
        refusal("ERR This instance has cluster support disabled")
            .ends_with("start it with --cluster-enabled yes, or name a node of a cluster with -c"));
}
