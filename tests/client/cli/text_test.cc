#include "client/cli/text.h"

#include <catch2/catch.hpp>

#include "tests/client/cli/village.h"

using namespace grapevine;
using namespace grapevine::client::cli;

namespace {

Cluster surveyed(const Village& village) {
    auto cluster = village.survey();
    REQUIRE(cluster);
    return *std::move(cluster);
}

std::string text_of(const Cluster& cluster, bool colour = false) {
    return status_text(cluster, problems_of(cluster), colour);
}

}  // namespace

TEST_CASE("the status begins with the verdict and ends with a picture of the slots", "[cli]") {
    Cluster cluster = surveyed(Village());
    cluster.strays.clear();

    CHECK("\n" + text_of(cluster) == R"(
OK  3 shards  5 nodes  16384/16384 slots  epoch 7  4,000 keys  6.0 MB  4,500 op/s
shard  primary          replica                 slots           keys          memory   op/s  epoch   lag
A      127.0.0.1:18001  127.0.0.1:18004  5461  33.3 %  1,000  25.0 %  2.0 MB  33.3 %  1,500      1  95 B
B      127.0.0.1:18005  no replica       5461  33.3 %  1,000  25.0 %  2.0 MB  33.3 %  1,500      7
C      127.0.0.1:18003  127.0.0.1:18006  5462  33.3 %  2,000  50.0 %  2.0 MB  33.3 %  1,500      3   0 B
0 AAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCCCCCC 16383  3 ranges (at best 3)
)");
}

TEST_CASE("a problem stands in the first line, and what to do about it in the second", "[cli]") {
    const std::string text = text_of(surveyed(Village()));

    CHECK(text.starts_with(
        "DEGRADED  127.0.0.1:18002, without slots, does not answer: Connection refused\n"
        "          -> start it again, or forget it: "));
}

TEST_CASE("further replicas stand below the first", "[cli]") {
    Cluster cluster = surveyed(Village());
    cluster.shards[0].replicas.push_back(cluster.shards[2].replicas[0]);

    CHECK(text_of(cluster).find("\n                        127.0.0.1:18006") != std::string::npos);
}

TEST_CASE("the picture shows whose slots nobody serves or owns", "[cli]") {
    Cluster cluster = surveyed(Village());
    cluster.shards[0].primary.trouble = "Connection refused";
    cluster.shards[2].slots.erase({16383});

    CHECK(picture_of(cluster) ==
          "!!!!!!!!!!!!!!!!!!!!!BBBBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCCCCC.");
}

TEST_CASE("without colour there is no escape sequence, with it the words are the same", "[cli]") {
    const Cluster cluster = surveyed(Village());
    const std::string plain = text_of(cluster, false);
    std::string coloured = text_of(cluster, true);

    CHECK(plain.find('\033') == std::string::npos);
    CHECK(coloured.starts_with("\033[33mDEGRADED\033[0m  "));
    for (auto at = coloured.find('\033'); at != std::string::npos; at = coloured.find('\033')) {
        coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    CHECK(coloured == plain);
}

TEST_CASE("amounts are written for people", "[cli]") {
    CHECK(bytes_text(0) == "0 B");
    CHECK(bytes_text(1023) == "1023 B");
    CHECK(bytes_text(16882073) == "16.1 MB");
    CHECK(bytes_text(std::int64_t{5} << 40) == "5.0 TB");
    CHECK(count_text(0) == "0");
    CHECK(count_text(999) == "999");
    CHECK(count_text(1234567) == "1,234,567");
    CHECK(count_text(-1000) == "-1,000");
}
