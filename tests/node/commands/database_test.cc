#include "tests/node/commands/database.h"

#include <set>

#include "node/commands/join.h"
#include "node/commands/keeper.h"

using namespace grapevine::node;
using namespace grapevine::node::commands;
using grapevine::client::resp::ReplyReader;
using grapevine::client::resp::Value;

namespace {

Value parsed(const std::string& reply) {
    ReplyReader reader;
    REQUIRE(*reader.read(reply) == reply.size());
    return reader.value();
}

std::set<std::string> texts(const Value& array) {
    std::set<std::string> found;
    for (const Value& element : array.elements) found.insert(element.text);
    return found;
}

}  // namespace

TEST_CASE("KEYS lists what matches", "[commands]") {
    Database db;
    db.run("MSET hello 1 hallo 2 world 3");
    CHECK(texts(parsed(db.run("KEYS h?llo"))) == std::set<std::string>{"hallo", "hello"});
    CHECK(texts(parsed(db.run("KEYS *"))).size() == 3);
    CHECK(db.run("KEYS x*") == "*0\r\n");
    CHECK(db.run("DBSIZE") == integer(3));
    CHECK(texts(parsed("*1\r\n" + db.run("RANDOMKEY"))).size() == 1);
}

TEST_CASE("FLUSHDB empties one database, FLUSHALL all", "[commands]") {
    Database db;
    db.run("SET a 1");
    db.select(1);
    db.run("MSET a 1 b 1");
    CHECK(db.run("FLUSHDB NEVER") == syntax_error_reply);
    CHECK(db.run("FLUSHDB ASYNC") == ok);
    CHECK(db.run("DBSIZE") == integer(0));
    CHECK(db.run("RANDOMKEY") == null);
    db.select(0);
    CHECK(db.run("DBSIZE") == integer(1));
    CHECK(db.run("FLUSHALL") == ok);
    CHECK(db.run("DBSIZE") == integer(0));
}

TEST_CASE("SCAN refuses what it does not know", "[commands]") {
    Database db;
    CHECK(db.run("SCAN x") == error("ERR invalid cursor"));
    for (const auto* line : {"SCAN 0 COUNT", "SCAN 0 COUNT 0", "SCAN 0 BACKWARDS 1"}) {
        CHECK(db.run(line) == syntax_error_reply);
    }
    CHECK(db.run("SCAN 0 COUNT many") == not_integer);
    CHECK(db.run("SCAN 18446744073709551615") == "*2\r\n" + bulk("0") + "*0\r\n");
}

TEST_CASE("a walk over several workers sees every key", "[commands]") {
    constexpr std::size_t workers = 3;
    std::array<Database, workers> nodes;
    std::set<std::string> stored;
    for (int number = 0; number < 500; ++number) {
        const std::string key = "key:" + std::to_string(number);
        nodes[store::make_key(key).slot.number % workers].run("SET " + key + " x");
        stored.insert(key);
    }

    std::set<std::string> seen;
    std::string cursor = "0";
    int calls = 0;
    do {
        const auto worker = worker_of_cursor(cursor, workers);
        const auto part = nodes[worker].run("SCAN " + cursor + " COUNT 7 TYPE string MATCH k*");
        const Value reply = parsed(continue_walk(part, worker, workers));
        seen.merge(texts(reply.elements[1]));
        cursor = reply.elements[0].text;
    } while (cursor != "0" && ++calls < 10000);

    CHECK(seen == stored);
    CHECK(calls < 10000);
}

TEST_CASE("a slot that leaves takes expired keys from the replicas too", "[commands]") {
    Keeper keeper(0, 1, 1, 1);
    keeper.effects().listen(true);
    auto& keyspace = keeper.databases()[0];
    keyspace.set_now(test_start);
    keyspace.set(store::make_key("expired"), "x", store::Expiry::at_ms(test_start - 1));
    keyspace.set(store::make_key("lives"), "x");

    keeper.drop(grapevine::slots::SlotSet::all());

    const std::string effects = keeper.effects().take();
    CHECK(effects.find("expired") != effects.npos);
    CHECK(effects.find("lives") != effects.npos);
    CHECK(keyspace.size() == 0);
}

TEST_CASE("every command's row is whole", "[commands]") {
    const auto check = [](const Command& command) {
        INFO(command.name);
        CHECK(command.arity != 0);
        CHECK_FALSE(command.group.empty());
        CHECK_FALSE(command.since.empty());
        CHECK_FALSE(command.complexity.empty());
        CHECK_FALSE(command.summary.empty());
        CHECK((command.run == nullptr) == !command.subcommands.empty());
        CHECK(((command.flags & every_worker) != 0) == (command.join != Join::none));
        const bool changes = (command.flags & writes) != 0;
        CHECK_FALSE((changes && (command.flags & reads) != 0));
    };
    std::set<std::string_view> names;
    for (const auto family : key_families()) {
        for (const Command& command : family) {
            check(command);
            for (const Command& subcommand : command.subcommands) check(subcommand);
            CHECK(names.insert(command.name).second);
        }
    }
}
