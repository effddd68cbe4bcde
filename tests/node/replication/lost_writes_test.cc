// What a deposed primary must not give up in silence.
#include "node/replication/lost_writes.h"

#include <catch2/catch.hpp>

#include "node/replication/words.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::replication;

namespace {

const std::string id_a(40, 'a');
const std::string id_b(40, 'b');

}  // namespace

TEST_CASE("the writes behind the fork are kept as commands, without the nodes' own talk",
          "[replication]") {
    journal::Backlog log(1 << 20);
    log.append(request({"SELECT", "0"}) + request({"SET", "common", "1"}));
    const auto fork = log.end();
    const std::string lost = request({"SET", "a", "1"}) + request({"MULTI"}) +
                             request({"INCR", "{a}b"}) + request({"EXEC"});
    log.append(request({"PING"}) + lost + request({"REPLCONF", "GETACK", "*"}));

    const auto found = lost_writes(log, fork);

    REQUIRE(found);
    CHECK(found->commands == lost);
    CHECK(found->count == 2);
    CHECK(found->complete);
}

TEST_CASE("a log that does not reach back to the fork says so", "[replication]") {
    journal::Backlog log(1 << 20);
    log.restart(100);
    log.append(request({"SET", "a", "1"}));

    const auto found = lost_writes(log, 50);

    REQUIRE(found);
    CHECK(found->count == 1);
    CHECK_FALSE(found->complete);
}

TEST_CASE("nothing is lost when the log ends at the fork", "[replication]") {
    journal::Backlog log(1 << 20);
    log.append(request({"SET", "a", "1"}));

    const auto found = lost_writes(log, log.end());

    REQUIRE(found);
    CHECK(found->count == 0);
    CHECK(found->complete);
}

TEST_CASE("the successor's history tells the fork; without it, what replicas confirmed does",
          "[replication]") {
    const journal::Lineage own{*ReplicationId::parse(id_a)};
    const auto known =
        parse_history("role:master\r\nmaster_replid:" + id_b + "\r\nmaster_replid2:" + id_a +
                      "\r\nsecond_repl_offset:101\r\n");
    const auto unknown =
        parse_history("master_replid2:" + std::string(40, '0') + "\r\nsecond_repl_offset:-1\r\n");

    CHECK(fork_of(known, own, 60, 500) == 100);
    CHECK(fork_of(known, own, 60, 90) == 90);
    CHECK(fork_of(unknown, own, 60, 500) == 60);
    const auto same = parse_history("master_replid:" + id_a + "\r\nmaster_repl_offset:480\r\n");
    CHECK(fork_of(same, own, 60, 470) == 470);  // A restarted replica's: nothing is lost.
    CHECK(fork_of(same, own, 60, 500) == 480);
    CHECK(parse_history("").formers.empty());
}

TEST_CASE("a successor's history is ours by its name or by the one that it had before",
          "[replication]") {
    const std::string id_c(40, 'c');
    const journal::Lineage own{*ReplicationId::parse(id_a), {{*ReplicationId::parse(id_c), 70}}};
    const auto told = [](const std::string& id, const std::string& former) {
        return parse_history("master_replid:" + id + "\r\nmaster_replid2:" + former +
                             "\r\nsecond_repl_offset:50\r\n");
    };

    CHECK(common_end(told(id_b, id_a), own, 0));
    CHECK(common_end(told(id_b, id_c), own, 0));
    CHECK(common_end(told(id_a, std::string(40, '0')), own, 0));
    CHECK_FALSE(common_end(told(id_b, std::string(40, '0')), own, 0));
    CHECK_FALSE(common_end(parse_history(""), {}, 0));
}

TEST_CASE("a reign of a moment that a node has missed does not hide the fork", "[replication]") {
    const std::string id_c(40, 'c');
    const journal::Lineage own{*ReplicationId::parse(id_a)};
    const auto successor = parse_history("master_replid:" + id_c + "\r\nmaster_replid2:" + id_b +
                                         "\r\nmaster_repl_offset:95\r\nsecond_repl_offset:93\r\n" +
                                         "grapevine_replid3:id=" + id_a + ",offset=91\r\n");

    CHECK(common_end(successor, own, 0));
    CHECK(fork_of(successor, own, 100, 100) == 90);
}

TEST_CASE("a primary tells how much of its history it found on its disk", "[replication]") {
    CHECK(parse_history("grapevine_saved_offset:70\r\n").saved == 70u);
    CHECK(parse_history("grapevine_saved_offset:0\r\n").saved == 0u);
    CHECK_FALSE(parse_history("grapevine_saved_offset:x\r\n").saved);
    CHECK_FALSE(parse_history("role:master\r\n").saved);
}

TEST_CASE("names that make no sense are no names", "[replication]") {
    const std::string lines[] = {"grapevine_replid3:id=" + id_a,
                                 "grapevine_replid3:offset=5,id=x",
                                 "grapevine_replid3:,offset=5:id=",
                                 "grapevine_replid3",
                                 "grapevine_replid3:id=" + id_a + ",offset=0",
                                 "grapevine_replid3:id=" + id_a + ",offset=x"};
    for (const std::string& line : lines) CHECK(parse_history(line + "\r\n").formers.empty());
    std::string many;
    for (int i = 0; i < 100; ++i) many += "grapevine_replid3:id=" + id_a + ",offset=9\r\n";
    CHECK(parse_history(many).formers.size() == journal::most_formers);
}

TEST_CASE("a successor tells how far its history is, or does not", "[replication]") {
    const auto told = parse_history("master_replid:" + id_b + "\r\nmaster_repl_offset:123\r\n");

    CHECK(told.end == Offset{123});
    CHECK(parse_history("master_repl_offset:0\r\n").end == Offset{0});
    CHECK_FALSE(parse_history("master_replid:" + id_b + "\r\n").end);
}
