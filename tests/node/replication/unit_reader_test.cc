#include "node/replication/unit_reader.h"

#include <array>
#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::replication;

namespace {

Result<void> nothing(commands::Call&) {
    return {};
}

const std::array<commands::Command, 3> rows{
    commands::Command{.name = "SET", .run = nothing, .arity = -3, .keys = commands::first_argument},
    commands::Command{.name = "DEL", .run = nothing, .arity = -2, .keys = commands::all_arguments},
    commands::Command{
        .name = "FLUSHALL", .run = nothing, .arity = -1, .flags = commands::every_worker},
};

const commands::Command* lookup(std::string_view name) {
    for (const auto& row : rows) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

std::string encoded(std::initializer_list<std::string_view> words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto word : words) {
        out += "$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
    }
    return out;
}

UnitReader reader_of(std::string_view bytes) {
    UnitReader reader(lookup, 16);
    reader.feed(bytes);
    return reader;
}

std::string error_of(std::string_view bytes) {
    auto reader = reader_of(bytes);
    const auto unit = reader.next();
    return unit ? "" : unit.error().text;
}

}  // namespace

TEST_CASE("each command of a stream goes to the owner of its key", "[replication]") {
    const auto set = encoded({"set", "foo", "1"});
    auto reader = reader_of(set + encoded({"DEL", "bar", "x"}));

    const auto first = reader.next();
    REQUIRE((*first)->whom == Unit::For::owner);
    CHECK((*first)->slot == slots::slot_of("foo"));
    CHECK((*first)->bytes == set);
    CHECK((*reader.next())->slot == slots::slot_of("bar"));
    CHECK_FALSE(*reader.next());
}

TEST_CASE("a transaction is one unit", "[replication]") {
    const auto group = encoded({"MULTI"}) + encoded({"SET", "foo", "1"}) +
                       encoded({"DEL", "{foo}2"}) + encoded({"EXEC"});
    UnitReader reader(lookup, 16);

    for (const char byte : group) {
        REQUIRE_FALSE(*reader.next());
        reader.feed({&byte, 1});
    }

    const auto unit = reader.next();
    CHECK((*unit)->bytes == group);
    CHECK((*unit)->whom == Unit::For::owner);
    CHECK((*unit)->slot == slots::slot_of("foo"));
}

TEST_CASE("a unit knows the database that was selected before it", "[replication]") {
    auto reader = reader_of(encoded({"SELECT", "7"}) + encoded({"SET", "foo", "1"}));

    CHECK((*reader.next())->whom == Unit::For::nobody);
    CHECK((*reader.next())->database == 7);
    CHECK(reader.database() == 7);
}

TEST_CASE("a flush is for everyone", "[replication]") {
    auto reader = reader_of(encoded({"FLUSHALL"}));

    CHECK((*reader.next())->whom == Unit::For::everyone);
}

TEST_CASE("a primary may ask how far its replica is", "[replication]") {
    auto reader = reader_of(encoded({"REPLCONF", "GETACK", "*"}) + encoded({"PING"}));

    const auto question = reader.next();
    CHECK((*question)->wants_ack);
    CHECK((*question)->whom == Unit::For::nobody);
    CHECK_FALSE((*reader.next())->wants_ack);
}

TEST_CASE("a stream that cannot be applied is an error, not skipped", "[replication]") {
    CHECK(error_of(encoded({"LPUSH", "list", "1"})).find("LPUSH") != std::string::npos);
    CHECK_FALSE(error_of(encoded({"SET", "foo"})).empty());
    CHECK_FALSE(error_of(encoded({"SELECT", "16"})).empty());
    CHECK_FALSE(error_of(encoded({"SELECT", "x"})).empty());
    CHECK_FALSE(error_of(encoded({"EXEC"})).empty());
    CHECK_FALSE(error_of(encoded({"MULTI"}) + encoded({"MULTI"})).empty());
    CHECK_FALSE(error_of("*1\r\n:5\r\n").empty());
    CHECK_FALSE(error_of(encoded({std::string(5000, 'x')})).empty());
}

TEST_CASE("what is not a whole unit can be forgotten", "[replication]") {
    auto reader = reader_of(encoded({"SET", "foo", "1"}) + "*3\r\n$3\r\nSE");
    REQUIRE(*reader.next());
    REQUIRE_FALSE(*reader.next());

    reader.forget_rest();
    reader.feed(encoded({"DEL", "foo"}));

    CHECK((*reader.next())->bytes == encoded({"DEL", "foo"}));
}
