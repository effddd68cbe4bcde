#include <catch2/catch.hpp>
#include <grapevine/cluster.h>
#include <grapevine/future.h>
#include <grapevine/prometheus.h>

#include "tests/client/operations/scripted_server.h"

namespace grapevine::client {
namespace {

using namespace std::chrono_literals;

Request get() {
    Request request("GET", 1, Trait::reads);
    request.key("k");
    return request;
}

TEST_CASE("figures say per node what was sent, received and how long it took", "[client]") {
    ScriptedServer server([](const auto& words) { return words[0] == "GET" ? "+OK\r\n" : ""; });
    Cluster cluster = std::move(Cluster::connect(server.address()).value());
    const Figures before = cluster.figures();

    for (int i = 0; i < 10; ++i) REQUIRE(cluster.call(get()).wait());
    const Figures after = cluster.figures();

    REQUIRE(after.nodes.size() == 1);
    const NodeFigures& node = after.nodes[0];
    CHECK(node.node == server.address());
    CHECK(node.requests == before.nodes[0].requests + 10);
    CHECK(node.bytes_sent == before.nodes[0].bytes_sent + 10 * get().bytes().size());
    CHECK(node.bytes_received >= before.nodes[0].bytes_received + 9 * 5);
    CHECK(node.latency.samples == node.requests);  // One at a time: each was timed.
    CHECK(node.latency.longest >= node.latency.sum / 11);
    CHECK(node.latency.recent > 0us);
}

TEST_CASE("what waits for its answer is in flight", "[client]") {
    ScriptedServer server([](const auto& words) { return words[0] == "GET" ? "+OK\r\n" : ""; });
    Cluster cluster = std::move(Cluster::connect(server.address()).value());
    server.hold();

    auto answer = cluster.call(get()).future();
    server.wait_for(1);

    while (cluster.figures().nodes.at(0).in_flight != 1) std::this_thread::yield();
    server.release();
    REQUIRE(answer.get());
    while (cluster.figures().nodes.at(0).in_flight != 0) std::this_thread::yield();
}

TEST_CASE("hooks hear of redirections, retries and of the map", "[client]") {
    std::atomic<int> asked{0};
    std::string here;
    ScriptedServer server([&](const auto& words) -> std::string {
        if (words[0] != "GET") return "";
        if (++asked == 1) return "-TRYAGAIN not now\r\n";
        return asked == 2 ? "-MOVED 7629 " + here + "\r\n" : std::string("+OK\r\n");
    });
    here = server.address();
    std::vector<std::string> heard;
    std::vector<Topology> maps;
    Options options;
    options.on_setback = [&](const Setback& setback) {
        heard.push_back((setback.redirected ? "redirect " : "retry ") +
                        std::to_string(setback.attempts) + " " + std::string(setback.reason));
        CHECK(setback.node == here);
    };
    options.on_topology = [&](const Topology& now) { maps.push_back(now); };
    {
        Cluster cluster = std::move(Cluster::connect(server.address(), options).value());
        REQUIRE(cluster.call(get()).wait());
        CHECK(cluster.figures().nodes.at(0).redirects == 1);
        CHECK(cluster.figures().nodes.at(0).retries == 1);
    }
    CHECK(heard ==
          std::vector<std::string>{"retry 1 TRYAGAIN not now", "redirect 2 MOVED 7629 " + here});
    REQUIRE(maps.size() == 1);
    REQUIRE(maps[0].shards.size() == 1);
    CHECK(maps[0].shards[0].primary == here);
    CHECK(maps[0].shards[0].slots == 16384);
}

TEST_CASE("Prometheus gets totals, labels and buckets that are summed up", "[client]") {
    Figures figures{.requests = 7, .cache = {.hits = 5, .bytes = 300}};
    NodeFigures node{.node = "a\"b:1", .requests = 3};
    node.latency.buckets[0] = 2;
    node.latency.buckets[Latency::bounds.size()] = 1;
    node.latency.sum = 1500ms;
    figures.nodes.push_back(node);

    const std::string text = to_prometheus(figures);

    for (const char* line :
         {"# TYPE grapevine_client_requests_total counter\n", "grapevine_client_requests_total 7\n",
          "# TYPE grapevine_client_cache_hits_total counter\n",
          "grapevine_client_cache_hits_total 5\n", "grapevine_client_cache_bytes 300\n",
          "grapevine_client_node_requests_total{node=\"a\\\"b:1\"} 3\n",
          "grapevine_client_node_latency_seconds_bucket{node=\"a\\\"b:1\",le=\"5e-05\"} 2\n",
          "grapevine_client_node_latency_seconds_bucket{node=\"a\\\"b:1\",le=\"1\"} 2\n",
          "grapevine_client_node_latency_seconds_bucket{node=\"a\\\"b:1\",le=\"+Inf\"} 3\n",
          "grapevine_client_node_latency_seconds_sum{node=\"a\\\"b:1\"} 1.5\n",
          "grapevine_client_node_latency_seconds_count{node=\"a\\\"b:1\"} 3\n"}) {
        INFO(line << text);
        CHECK(text.find(line) != std::string::npos);
    }
}

}  // namespace
}  // namespace grapevine::client
