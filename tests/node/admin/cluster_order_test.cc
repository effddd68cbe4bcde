#include "node/admin/cluster_order.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/node/admin/some_cluster.h"

using namespace grapevine;
using namespace grapevine::node::admin;

namespace {

struct Words {
    explicit Words(const std::string& line) {
        std::istringstream in(line);
        for (std::string word; in >> word;) words.push_back(word);
        for (const auto& word : words) views.push_back(word);
    }
    std::vector<std::string> words;
    std::vector<std::string_view> views;
};

gossip::Order order(const std::string& line) {
    const Words words(line);
    auto parsed = parse_order(words.views);
    INFO(line);
    REQUIRE(parsed);
    return *parsed;
}

std::string error(const std::string& line) {
    const Words words(line);
    const auto parsed = parse_order(words.views);
    INFO(line);
    REQUIRE_FALSE(parsed);
    return parsed.error().text;
}

const std::string b(40, 'b');

}  // namespace

TEST_CASE("ADDSLOTS and its kin name slots", "[admin]") {
    using gossip::AddSlots, gossip::DelSlots;
    CHECK(to_string(std::get<AddSlots>(order("CLUSTER ADDSLOTS 3 1 16383")).slots) == "1 3 16383");
    CHECK(to_string(std::get<DelSlots>(order("cluster delslots 0 1")).slots) == "0-1");
    CHECK(to_string(std::get<AddSlots>(order("cluster addslotsrange 0 5 7 7")).slots) == "0-5 7");
    CHECK(to_string(std::get<DelSlots>(order("cluster delslotsrange 1 2")).slots) == "1-2");
}

TEST_CASE("slots that cannot be are refused in Redis's words", "[admin]") {
    CHECK(error("cluster addslots x") == "ERR Invalid or out of range slot");
    CHECK(error("cluster addslots 16384") == "ERR Invalid or out of range slot");
    CHECK(error("cluster addslots -1") == "ERR Invalid or out of range slot");
    CHECK(error("cluster addslots 1 1") == "ERR Slot 1 specified multiple times");
    CHECK(error("cluster addslotsrange 5 3") ==
          "ERR start slot number 5 is greater than end slot number 3");
    CHECK(error("cluster addslotsrange 1 2 2 3") == "ERR Slot 2 specified multiple times");
    CHECK(error("cluster addslotsrange 1 2 3") ==
          "ERR wrong number of arguments for 'cluster|addslotsrange' command");
    CHECK(error("cluster delslotsrange 1 2 3") ==
          "ERR wrong number of arguments for 'cluster|delslotsrange' command");
}

TEST_CASE("MEET takes an address and, if it is not ten thousand above, the bus port", "[admin]") {
    const auto usual = std::get<gossip::Meet>(order("cluster meet 10.0.0.1 7000"));
    CHECK(usual.host == "10.0.0.1");
    CHECK(usual.port == 7000);
    CHECK(usual.bus_port == 17000);
    CHECK(std::get<gossip::Meet>(order("cluster meet ::1 7000 7999")).bus_port == 7999);
}

TEST_CASE("MEET refuses what is no address", "[admin]") {
    const std::string no_address = "ERR Invalid node address specified: ";
    CHECK(error("cluster meet 10.0.0.1 b") == "ERR Invalid TCP base port specified: b");
    CHECK(error("cluster meet 10.0.0.1 7000 x") == "ERR Invalid TCP bus port specified: x");
    CHECK(error("cluster meet foo 6000") == no_address + "foo:6000");
    CHECK(error("cluster meet 10.0.0.1 0") == no_address + "10.0.0.1:0");
    CHECK(error("cluster meet 10.0.0.1 60000") == no_address + "10.0.0.1:60000");
    CHECK(error("cluster meet 10.0.0.1 9223372036854775807") ==
          no_address + "10.0.0.1:9223372036854775807");
    CHECK(error("cluster meet 10.0.0.1 9223372036854775808") ==
          "ERR Invalid TCP base port specified: 9223372036854775808");
    CHECK(error("cluster meet 10.0.0.1 6000 1 2") ==
          "ERR unknown subcommand or wrong number of arguments for 'meet'. Try CLUSTER HELP.");
}

TEST_CASE("orders about a node take its name", "[admin]") {
    CHECK(std::get<gossip::Forget>(order("cluster forget " + b)).id == id_of('b'));
    CHECK(std::get<gossip::Replicate>(order("cluster replicate " + b)).id == id_of('b'));
    CHECK(error("cluster forget abc") == "ERR Unknown node abc");
    CHECK(error("cluster replicate abc") == "ERR Unknown node abc");
}

TEST_CASE("FAILOVER and RESET know their modes in any case", "[admin]") {
    using Mode = gossip::Failover::Mode;
    CHECK(std::get<gossip::Failover>(order("cluster failover")).mode == Mode::agreed);
    CHECK(std::get<gossip::Failover>(order("cluster failover force")).mode == Mode::forced);
    CHECK(std::get<gossip::Failover>(order("cluster failover TakeOver")).mode == Mode::takeover);
    CHECK(error("cluster failover now") == "ERR syntax error");
    CHECK(error("cluster failover force now") ==
          "ERR unknown subcommand or wrong number of arguments for 'failover'. Try CLUSTER HELP.");
    CHECK_FALSE(std::get<gossip::Reset>(order("cluster reset")).hard);
    CHECK_FALSE(std::get<gossip::Reset>(order("cluster reset soft")).hard);
    CHECK(std::get<gossip::Reset>(order("cluster reset hard")).hard);
    CHECK(error("cluster reset gently") == "ERR syntax error");
}

TEST_CASE("SET-CONFIG-EPOCH, BUMPEPOCH, SAVECONFIG and FLUSHSLOTS are orders", "[admin]") {
    CHECK(std::get<gossip::SetConfigEpoch>(order("cluster set-config-epoch 5")).epoch == 5);
    CHECK(error("cluster set-config-epoch x") == "ERR value is not an integer or out of range");
    CHECK(std::holds_alternative<gossip::BumpEpoch>(order("cluster bumpepoch")));
    CHECK(std::holds_alternative<gossip::SaveConfig>(order("cluster saveconfig")));
    CHECK(std::holds_alternative<gossip::FlushSlots>(order("cluster flushslots")));
}

TEST_CASE("SETSLOT opens, closes and binds a slot", "[admin]") {
    using Change = gossip::SetSlot::Change;
    const auto set_slot = [](const std::string& rest) {
        return std::get<gossip::SetSlot>(order("cluster setslot " + rest));
    };
    CHECK(set_slot("7 importing " + b).change == Change::importing);
    CHECK(set_slot("7 importing " + b).slot.number == 7);
    CHECK(set_slot("7 importing " + b).node == id_of('b'));
    CHECK(set_slot("7 migrating " + b).change == Change::migrating);
    CHECK(set_slot("7 NODE " + b).change == Change::node);
    CHECK(set_slot("7 stable").change == Change::stable);
}

TEST_CASE("SETSLOT refuses what it does not know", "[admin]") {
    const std::string wrong =
        "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP";
    CHECK(error("cluster setslot x stable") == "ERR Invalid or out of range slot");
    CHECK(error("cluster setslot 1 foo") == wrong);
    CHECK(error("cluster setslot 1 stable x") == wrong);
    CHECK(error("cluster setslot 1 node") == wrong);
    CHECK(error("cluster setslot 1 node a b") == wrong);
    CHECK(error("cluster setslot 1 node abc") == "ERR Unknown node abc");
    CHECK(error("cluster setslot 1 importing abc") == "ERR I don't know about node abc");
}

TEST_CASE("an order that destroys or hides keys is told whether there are any", "[admin]") {
    const auto replicate = order("cluster replicate " + b);
    CHECK(keys_asked_by(replicate) == KeysOf::node);
    CHECK(std::get<gossip::Replicate>(with_keys(replicate, 3)).has_keys);
    CHECK_FALSE(std::get<gossip::Replicate>(with_keys(replicate, 0)).has_keys);
    CHECK(keys_asked_by(order("cluster setslot 7 node " + b)) == KeysOf::slot);
    CHECK(keys_asked_by(order("cluster reset")) == KeysOf::node);
    CHECK(keys_asked_by(order("cluster flushslots")) == KeysOf::node);
    CHECK(keys_asked_by(order("cluster bumpepoch")) == KeysOf::nobody);
}

TEST_CASE("COUNTKEYSINSLOT and GETKEYSINSLOT take a slot and a count", "[admin]") {
    const auto counted = [](const std::string& line) {
        return parse_counted_slot(Words(line).views);
    };
    const auto listed = [](const std::string& line) {
        return parse_listed_slot(Words(line).views);
    };

    CHECK(counted("cluster countkeysinslot 9")->number == 9);
    CHECK(counted("cluster countkeysinslot x").error().text ==
          "ERR value is not an integer or out of range");
    CHECK(counted("cluster countkeysinslot 16384").error().text == "ERR Invalid slot");
    CHECK(listed("cluster getkeysinslot 9 4")->count == 4);
    CHECK(listed("cluster getkeysinslot 9 -1").error().text ==
          "ERR Invalid slot or number of keys");
    CHECK(listed("cluster getkeysinslot x 1").error().text ==
          "ERR value is not an integer or out of range");
}
