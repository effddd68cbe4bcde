#include "node/admin/cluster_maps.h"

#include <catch2/catch.hpp>

#include "tests/node/admin/some_cluster.h"

using namespace grapevine;
using namespace grapevine::node::admin;
using client::resp::Version;
using client::resp::Writer;

namespace {

const std::string a(40, 'a');
const std::string b(40, 'b');
const std::string c(40, 'c');

// What was written, a blank for each line's end.
template <typename Write>
std::string written(Write write, Version version = Version::resp2) {
    std::string out;
    Writer reply(out, version);
    write(reply);
    std::string text;
    for (const char letter : out) {
        if (letter != '\n') text += letter == '\r' ? ' ' : letter;
    }
    return text;
}

std::string slots_text(const gossip::Status& status, EndpointType type) {
    return written([&](Writer& reply) { write_slots(status, type, reply); });
}

}  // namespace

TEST_CASE("CLUSTER SLOTS lists ranges in order, each with its primary and replicas", "[admin]") {
    const auto text = slots_text(three_nodes(), EndpointType::ip);

    const std::string node_a = "*4 $8 10.0.0.1 :7001 $40 " + a + " *0 ";
    const std::string node_b = "*4 $8 10.0.0.1 :7002 $40 " + b + " *0 ";
    const std::string node_c = "*4 $8 10.0.0.1 :7003 $40 " + c + " *0 ";
    CHECK(text ==
          "*3 *3 :0 :99 " + node_a + "*4 :100 :199 " + node_b + node_c + "*3 :200 :200 " + node_a);
}

TEST_CASE("CLUSTER SLOTS leaves out replicas that are of no use", "[admin]") {
    auto empty = three_nodes();
    empty.members[2].replication_offset = 0;
    auto failed = three_nodes();
    failed.members[2].flags |= gossip::flag_failed;

    CHECK(slots_text(empty, EndpointType::ip).find(c) == std::string::npos);
    CHECK(slots_text(failed, EndpointType::ip).find(c) == std::string::npos);
}

TEST_CASE("CLUSTER SLOTS tells how to reach a node in the preferred way and others", "[admin]") {
    auto status = three_nodes();
    status.members = {status.members[1]};
    const auto named = [&](std::string name) {
        status.members[0].hostname = std::move(name);
        return status;
    };
    const std::string start = "*1 *3 :100 :199 *4 ";
    const std::string rest = " :7002 $40 " + b;

    CHECK(slots_text(named("b.example"), EndpointType::ip) ==
          start + "$8 10.0.0.1" + rest + " *2 $8 hostname $9 b.example ");
    CHECK(slots_text(named("b.example"), EndpointType::hostname) ==
          start + "$9 b.example" + rest + " *2 $2 ip $8 10.0.0.1 ");
    CHECK(slots_text(named(""), EndpointType::hostname) ==
          start + "$1 ?" + rest + " *2 $2 ip $8 10.0.0.1 ");
    CHECK(slots_text(named("b.example"), EndpointType::unknown_endpoint) ==
          start + "$-1" + rest + " *4 $2 ip $8 10.0.0.1 $8 hostname $9 b.example ");
}

TEST_CASE("CLUSTER SHARDS has a map for each primary with all its replicas", "[admin]") {
    auto status = three_nodes();
    status.members[1].hostname = "b.example";
    status.members[2].replication_offset = 0;

    const auto text = written([&](Writer& reply) { write_shards(status, EndpointType::ip, reply); },
                              Version::resp3);

    const auto node = [](const std::string& id, const std::string& port,
                         const std::string& hostname, const std::string& end) {
        return (hostname.empty() ? "%7 $2 id $40 " : "%8 $2 id $40 ") + id + " $4 port :" + port +
               " $2 ip $8 10.0.0.1 $8 endpoint $8 10.0.0.1 " + hostname + "$4 role " + end;
    };
    const std::string working_primary =
        "$6 master $18 replication-offset :100 $6 health $6 online ";
    CHECK(text ==
          "*2 %2 $5 slots *4 :0 :99 :200 :200 $5 nodes *1 " + node(a, "7001", "", working_primary) +
              "%2 $5 slots *2 :100 :199 $5 nodes *2 " +
              node(b, "7002", "$8 hostname $9 b.example ", working_primary) +
              node(c, "7003", "", "$7 replica $18 replication-offset :0 $6 health $7 loading "));
}

TEST_CASE("CLUSTER SHARDS shows failed nodes, and primaries without slots", "[admin]") {
    auto status = three_nodes();
    status.members[1].slots.clear();
    status.members[2].flags |= gossip::flag_failed;

    const auto text = written(
        [&](Writer& reply) { write_shards(status, EndpointType::unknown_endpoint, reply); });

    CHECK(text.find("$5 slots *0 $5 nodes *2 ") != std::string::npos);
    CHECK(text.find("$8 endpoint $0  ") != std::string::npos);
    CHECK(text.find("$6 health $4 fail ") != std::string::npos);
}

TEST_CASE("CLUSTER LINKS lists the links whose other end is known", "[admin]") {
    node::bus::Report report;
    report.cluster = three_nodes();
    report.cluster.links = {{true, id_of('b'), instant(70), {1}},
                            {false, {}, instant(80), {2}},
                            {false, id_of('c'), instant(90), {3}}};
    report.unsent[{3}] = 512;

    const auto text = written([&](Writer& reply) { write_links(report, 1'000, reply); });

    CHECK(text == "*2 *12 $9 direction $2 to $4 node $40 " + b +
                      " $11 create-time :1070 $6 events $1 r $21 send-buffer-allocated :0 "
                      "$16 send-buffer-used :0 "
                      "*12 $9 direction $4 from $4 node $40 " +
                      c +
                      " $11 create-time :1090 $6 events $2 rw $21 send-buffer-allocated :512 "
                      "$16 send-buffer-used :512 ");
}

TEST_CASE("CLUSTER HISTORY tells the newest events first", "[admin]") {
    node::bus::History history;
    for (std::uint64_t epoch = 1; epoch <= node::bus::History::longest + 1; ++epoch) {
        history.add(
            1'000, {gossip::Event::Kind::election_won, *slots::NodeId::parse(a), epoch, "3 votes"});
    }

    const auto text = written([&](Writer& reply) { write_history(history, 1, reply); });

    CHECK(text == "*1 *10 $4 time :1000 $5 event $12 election won $4 node $40 " + a +
                      " $5 epoch :1001 $6 detail $7 3 votes ");
    CHECK(history.events().size() == node::bus::History::longest);
    CHECK(history.events().front().event.epoch == 2);
}
