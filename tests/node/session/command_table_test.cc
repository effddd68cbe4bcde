#include "node/session/command_table.h"

#include <array>
#include <catch2/catch.hpp>

#include "node/commands/families.h"
#include "node/session/families.h"

using namespace grapevine;
using namespace grapevine::node;
using session::CommandTable;

namespace {

CommandTable whole_table() {
    std::vector<std::span<const commands::Command>> families(commands::key_families().begin(),
                                                             commands::key_families().end());
    families.push_back(session::conversation_commands());
    families.push_back(session::transaction_commands());
    families.push_back(session::client_commands());
    return CommandTable(families);
}

std::string error_of(const CommandTable& table, std::vector<std::string_view> args) {
    const auto entry = table.resolve(args);
    return entry ? "" : entry.error().text;
}

}  // namespace

TEST_CASE("a command is found by its name in letters of either case", "[session]") {
    const auto table = whole_table();

    REQUIRE(table.find("get") != nullptr);
    CHECK(table.find("get") == table.find("GeT"));
    CHECK(table.find("get")->full_name == "get");
    CHECK(table.find("getx") == nullptr);
    CHECK(table.find("") == nullptr);
}

TEST_CASE("names that are alike at their beginning are told apart", "[session]") {
    const auto table = whole_table();

    for (const auto* entry : table.commands()) {
        const std::string name(entry->command->name);
        INFO(name);
        CHECK(table.find(name) == entry);
        CHECK(table.find(entry->full_name) == entry);
        CHECK(table.find(name + "x") != entry);
        CHECK(table.find(name + '\0') == nullptr);
        CHECK(table.find(name + ' ') == nullptr);
    }
    CHECK(table.find("incrbyfloaT") != nullptr);
    CHECK(table.find("incrbyfloot") == nullptr);
    CHECK(table.find(std::string("\0get", 4)) == nullptr);
}

TEST_CASE("a subcommand is resolved to its own row", "[session]") {
    const auto table = whole_table();
    const std::vector<std::string_view> args{"client", "SetName", "x"};

    const auto entry = table.resolve(args);

    REQUIRE(entry);
    CHECK((*entry)->full_name == "client|setname");
}

TEST_CASE("what is wrong with a request's name or length is said as Redis says it", "[session]") {
    const auto table = whole_table();

    CHECK(error_of(table, {"nosuch", "a", "b"}) ==
          "ERR unknown command 'nosuch', with args beginning with: 'a' 'b' ");
    CHECK(error_of(table, {"get"}) == "ERR wrong number of arguments for 'get' command");
    CHECK(error_of(table, {"client", "nosuch"}) ==
          "ERR unknown subcommand 'nosuch'. Try CLIENT HELP.");
    CHECK(error_of(table, {"client", "setname"}) ==
          "ERR wrong number of arguments for 'client|setname' command");
    CHECK(error_of(table, {"client"}) == "ERR wrong number of arguments for 'client' command");
}

TEST_CASE("every row says all that COMMAND prints of it", "[session]") {
    const auto table = whole_table();
    for (const auto& entry : table.entries()) {
        INFO(entry.full_name);
        CHECK_FALSE(entry.command->group.empty());
        CHECK_FALSE(entry.command->since.empty());
        CHECK_FALSE(entry.command->summary.empty());
        const int handlers = (entry.command->run != nullptr) +
                             (entry.command->converse != nullptr) +
                             (entry.command->govern != nullptr);
        CHECK(handlers == (entry.subcommands.empty() ? 1 : 0));
    }
}
