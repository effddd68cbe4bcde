#include "node/admin/cluster_text.h"

#include <catch2/catch.hpp>

#include "tests/node/admin/some_cluster.h"

using namespace grapevine;
using namespace grapevine::node::admin;

namespace {

const std::string a(40, 'a');
const std::string b(40, 'b');
const std::string c(40, 'c');

}  // namespace

TEST_CASE("CLUSTER NODES has a line for each node, as redis-cli reads it", "[admin]") {
    auto status = three_nodes();
    status.members[1].ping_sent = instant(5'000);
    status.members[1].pong_received = instant(4'000);
    status.members[2].hostname = "c.example";

    const auto text = nodes_text(status, 1'000'000);

    CHECK(text == a + " 10.0.0.1:7001@17001 myself,master - 0 0 3 connected 0-99 200\n" +  //
                      b + " 10.0.0.1:7002@17002 master - 1005000 1004000 3 connected 100-199\n" +
                      c + " 10.0.0.1:7003@17003,c.example slave " + b + " 0 0 3 connected\n");
}

TEST_CASE("CLUSTER NODES says what is wrong with a node", "[admin]") {
    auto status = three_nodes();
    auto& member = status.members[1];
    member.slots.clear();
    member.link_up = false;

    const auto line = [&](unsigned flags) {
        member.flags = static_cast<std::uint16_t>(flags);
        return node_line(status, member, 0);
    };

    const std::string start = b + " 10.0.0.1:7002@17002 ";
    const std::string rest = " - 0 0 3 disconnected";
    CHECK(line(gossip::flag_primary | gossip::flag_suspected) == start + "master,fail?" + rest);
    CHECK(line(gossip::flag_primary | gossip::flag_suspected | gossip::flag_failed) ==
          start + "master,fail" + rest);
    CHECK(line(gossip::flag_handshake) == start + "handshake" + rest);
    CHECK(line(gossip::flag_replica | gossip::flag_no_failover) ==
          start + "slave,nofailover" + rest);
    CHECK(line(0) == start + "noflags" + rest);
}

TEST_CASE("CLUSTER NODES shows open slots at this node only, in the order of slots", "[admin]") {
    auto status = three_nodes();
    status.migrating = {{slots::Slot{5}, id_of('b')}};
    status.importing = {{slots::Slot{3}, id_of('b')}};

    CHECK(node_line(status, status.members[0], 0) ==
          a + " 10.0.0.1:7001@17001 myself,master - 0 0 3 connected 0-99 200 [3-<-" + b +
              "] [5->-" + b + "]");
    CHECK(node_line(status, status.members[1], 0).find('[') == std::string::npos);
}

TEST_CASE("the replicas of a primary are found", "[admin]") {
    const auto status = three_nodes();

    const auto replicas = replicas_of(status, id_of('b'));

    REQUIRE(replicas.size() == 1);
    CHECK(replicas[0]->id == id_of('c'));
    CHECK(replicas_of(status, id_of('a')).empty());
}

TEST_CASE("CLUSTER INFO counts slots, nodes and messages", "[admin]") {
    auto status = three_nodes();
    status.slots_failed = 1;
    status.slots_suspected = 20;
    status.sent[static_cast<std::size_t>(gossip::MessageType::ping)] = 4;
    status.sent[static_cast<std::size_t>(gossip::MessageType::vote_request)] = 2;
    status.received[static_cast<std::size_t>(gossip::MessageType::pong)] = 3;

    const auto text = info_text(status, 9);

    CHECK(text ==
          "cluster_state:ok\r\n"
          "cluster_slots_assigned:201\r\n"
          "cluster_slots_ok:180\r\n"
          "cluster_slots_pfail:20\r\n"
          "cluster_slots_fail:1\r\n"
          "cluster_known_nodes:3\r\n"
          "cluster_size:2\r\n"
          "cluster_current_epoch:7\r\n"
          "cluster_my_epoch:3\r\n"
          "cluster_stats_messages_ping_sent:4\r\n"
          "cluster_stats_messages_auth-req_sent:2\r\n"
          "cluster_stats_messages_sent:6\r\n"
          "cluster_stats_messages_pong_received:3\r\n"
          "cluster_stats_messages_received:3\r\n"
          "total_cluster_links_buffer_limit_exceeded:9\r\n");
}

TEST_CASE("a replica's epoch is its primary's", "[admin]") {
    auto status = three_nodes();
    status.self = id_of('c');
    status.serving = false;
    status.members[1].config_epoch = 6;

    const auto text = info_text(status, 0);

    CHECK(text.find("cluster_state:fail\r\n") != std::string::npos);
    CHECK(text.find("cluster_my_epoch:6\r\n") != std::string::npos);
    CHECK(node_line(status, status.members[2], 0) ==
          c + " 10.0.0.1:7003@17003 slave " + b + " 0 0 6 connected");
}
