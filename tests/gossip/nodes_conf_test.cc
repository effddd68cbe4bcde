// What Redis has saved about its cluster is read as it was meant, or refused with a reason.
#include "gossip/nodes_conf.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

const std::string a(40, 'a');
const std::string b(40, 'b');
const std::string c(40, 'c');
const std::string vars = "vars currentEpoch 7 lastVoteEpoch 6\n";

// As Redis 7.0.15 writes it; the node's own address is not known to it yet.
std::string example() {
    return b + " 10.0.0.2:7002@17002,grape.example slave " + a + " 0 1700000000000 3 connected\n" +
           a + " :7001@17001 myself,master - 0 0 3 connected 0-5 9 [3->-" + c + "] [8000-<-" + c +
           "]\n" + c + " fe80::1:7003@17003,,shard-id=" + c +
           " master,fail - 0 0 5 disconnected 16383\n" + vars;
}

std::string refusal(const std::string& text) {
    const auto read = parse_nodes_conf(text, 1);
    return read ? "" : read.error().text;
}

}  // namespace

TEST_CASE("the file of a Redis node becomes the state of ours", "[gossip][state]") {
    const auto state = parse_nodes_conf(example(), 1);

    REQUIRE(state);
    CHECK(state->self.text() == a);
    CHECK(state->current_epoch == 7);
    CHECK(state->last_vote_epoch == 6);
    REQUIRE(state->members.size() == 3);
    const auto& [self, replica, failed] =
        std::tie(state->members[0], state->members[1], state->members[2]);
    CHECK(self.slots == *SlotSet::parse("0-5 9"));
    CHECK(self.endpoint == slots::Endpoint{"", 7001, 17001});
    CHECK(self.config_epoch == 3);
    CHECK(replica.role == slots::Role::replica);
    CHECK(replica.primary == state->self);
    CHECK(replica.shard == self.shard);
    CHECK(replica.hostname == "grape.example");
    CHECK(failed.failed);
    CHECK(failed.endpoint.host == "fe80::1");
    CHECK(failed.shard.text() == c);
    CHECK(state->migrating_to.at({3}).text() == c);
    CHECK(state->importing_from.at({8000}).text() == c);
    CHECK(parse_state(to_text(*state)));
}

TEST_CASE("a file of Redis that was cut or makes no sense is refused with the reason",
          "[gossip][state]") {
    const std::string line = a + " 10.0.0.1:1@2 myself,master - 0 0 1 connected 0-5\n";
    CHECK(refusal(line) ==
          "ERR nodes.conf: the line 'vars currentEpoch ...' is missing; it was cut");
    CHECK(refusal(vars) == "ERR nodes.conf: no node is called myself");
    CHECK(refusal(line + line + vars).starts_with("ERR nodes.conf: line 2: two nodes are called"));
    CHECK(refusal(line + b + " 10.0.0.1:1@2 master - 0 0 1 connected 5\n" + vars) ==
          "ERR nodes.conf: a slot has two owners");
    CHECK(refusal(a + " 10.0.0.1 myself,master - 0 0 1 connected\n" + vars)
              .starts_with("ERR nodes.conf: line 1: the address"));
    CHECK(refusal(a + " h:1@2 myself,master - 0 0 1 connected 9-16384\n" + vars)
              .starts_with("ERR nodes.conf: line 1: the slots"));
    CHECK(refusal(a + " h:1@2 myself,master - 0 0\n" + vars)
              .starts_with("ERR nodes.conf: line 1: it has fewer"));
}

TEST_CASE("no cut of a file of Redis crashes or is half believed", "[gossip][state]") {
    const std::string whole = example();
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(parse_nodes_conf(whole.substr(0, size), 1));
}
