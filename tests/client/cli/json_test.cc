#include "client/cli/json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/client/cli/village.h"

using namespace grapevine;
using namespace grapevine::client::cli;

TEST_CASE("programs read the same facts as people", "[cli]") {
    const auto cluster = Village().survey();
    REQUIRE(cluster);

    const auto json = status_json(*cluster, problems_of(*cluster));

    CHECK(json["verdict"] == "DEGRADED");
    CHECK(json["problems"][0]["severity"] == "DEGRADED");
    CHECK(json["epoch"] == 7);
    CHECK(json["slots_owned"] == 16384);
    CHECK(json["keys"] == 4000);
    CHECK(json["shards"].size() == 3);
    CHECK(json["shards"][0]["slots"] == "0-5460");
    CHECK(json["shards"][0]["primary"]["address"] == "127.0.0.1:18001");
    CHECK(json["shards"][0]["replicas"][0]["lag_bytes"] == 95);
    CHECK(json["shards"][0]["replicas"][0]["link"] == "up");
    CHECK(json["shards"][1]["replicas"].empty());
    CHECK(json["strays"][0]["error"] == "Connection refused");
    CHECK_FALSE(json["strays"][0].contains("keys"));
}
