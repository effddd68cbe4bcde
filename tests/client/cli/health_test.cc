#include "client/cli/health.h"

#include <catch2/catch.hpp>

#include "tests/client/cli/village.h"

using namespace grapevine;
using namespace grapevine::client::cli;

namespace {

std::vector<Problem> problems_in(const Village& village) {
    const auto cluster = village.survey();
    REQUIRE(cluster);
    return problems_of(*cluster);
}

// The map without the primary that was killed: a cluster that is well.
Village healthy_village() {
    Village village;
    for (auto& [port, node] : village.nodes) {
        const std::string shards = node.shards;
        const std::size_t begin = shards.find("*4\r\n$5\r\nslots\r\n*0\r\n");
        const std::size_t end = shards.find("*4\r\n$5\r\nslots\r\n", begin + 1);
        REQUIRE(end != std::string::npos);
        node.shards = "*3" + shards.substr(2, begin - 2) + shards.substr(end);
    }
    return village;
}

}  // namespace

TEST_CASE("a cluster whose nodes all answer and agree is well", "[cli]") {
    const auto problems = problems_in(healthy_village());

    CHECK(problems.empty());
    CHECK(verdict_on(problems) == Verdict::ok);
}

TEST_CASE("a dead node without slots degrades the cluster", "[cli]") {
    const auto problems = problems_in(Village());

    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what ==
          "127.0.0.1:18002, without slots, does not answer: Connection refused");
    CHECK(problems[0].remedy ==
          "start it again, or forget it: redis-cli --cluster call 127.0.0.1:18001 cluster forget "
          "c7014b6302bfc2eabdf2cb9e4a23dfbbc9ea5e54");
    CHECK(verdict_on(problems) == Verdict::degraded);
}

TEST_CASE("a dead primary takes the cluster down, and its replica is named", "[cli]") {
    Village village = healthy_village();
    village.nodes.erase(18003);

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what ==
          "127.0.0.1:18003, primary of shard C (5462 slots), does not answer: Connection refused");
    CHECK(problems[0].remedy ==
          "its replica should take over by itself; if it does not: "
          "redis-cli -h 127.0.0.1 -p 18006 cluster failover takeover");
    CHECK(verdict_on(problems) == Verdict::down);
}

TEST_CASE("the worst problem comes first", "[cli]") {
    Village village = healthy_village();
    village.nodes.erase(18005);
    village.replace(18004, "master_link_status:up", "master_link_status:down");

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 2);
    CHECK(problems[0].severity == Verdict::down);
    CHECK(problems[0].remedy == "start it again: no replica of it is alive");
    CHECK(problems[1].what == "127.0.0.1:18004, replica of shard A, has no link to its primary");
}

TEST_CASE("a replica that copies, or does not answer, degrades the cluster", "[cli]") {
    Village village = healthy_village();
    village.replace(18004, "master_sync_in_progress:0", "master_sync_in_progress:1");
    village.refusals[18006] = "LOADING the dataset is being loaded";

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 2);
    CHECK(problems[0].what ==
          "127.0.0.1:18004, replica of shard A, still copies its primary's data");
    CHECK(problems[1].what ==
          "127.0.0.1:18006, replica of shard C, does not answer: "
          "LOADING the dataset is being loaded");
    CHECK(verdict_on(problems) == Verdict::degraded);
}

TEST_CASE("slots that nobody owns take the cluster down", "[cli]") {
    Village village = healthy_village();
    for (auto& [port, node] : village.nodes) {
        node.shards.replace(node.shards.find(":16383"), 6, ":16000");
        node.cluster_info.replace(node.cluster_info.find("ok"), 2, "fail");
    }

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 2);
    CHECK(problems[0].what == "383 slots have no owner: 16001-16383");
    CHECK(problems[0].remedy == "give them one: redis-cli --cluster fix 127.0.0.1:18001");
    CHECK(problems[1].what ==
          "the cluster is down (cluster_state:fail) for 127.0.0.1:18001, 127.0.0.1:18004, "
          "127.0.0.1:18005, 127.0.0.1:18003, 127.0.0.1:18006");
    CHECK(verdict_on(problems) == Verdict::down);
}

TEST_CASE("a node that sees other owners is named", "[cli]") {
    Village village = healthy_village();
    std::string& shards = village.nodes.at(18006).shards;
    shards.replace(shards.find(":16383"), 6, ":16380");

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what ==
          "127.0.0.1:18006 and 127.0.0.1:18001 disagree about the owners of 3 slots");
}

TEST_CASE("a primary that loads its data serves nobody yet", "[cli]") {
    Village village = healthy_village();
    village.replace(18001, "loading:0", "loading:1");

    const auto problems = problems_in(village);

    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what == "127.0.0.1:18001 still loads its data from the disk");
    CHECK(problems[0].severity == Verdict::down);
}
