#include "node/journal/lineage.h"

#include <catch2/catch.hpp>

using namespace grapevine::node::journal;

namespace {

ReplicationId id_of(char digit) {
    return *ReplicationId::parse(std::string(40, digit));
}

}  // namespace

TEST_CASE("a node may go on with the history that it has", "[journal]") {
    const Lineage lineage{id_of('a')};

    CHECK(lineage.continues(id_of('a'), 123));
    CHECK_FALSE(lineage.continues(id_of('b'), 123));
    CHECK_FALSE(lineage.continues({}, 0));
}

TEST_CASE("after a promotion the old history may be continued up to where the two part",
          "[journal]") {
    Lineage lineage{id_of('a')};

    lineage.rename(id_of('b'), 1000);

    CHECK(lineage.continues(id_of('a'), 1000));
    CHECK_FALSE(lineage.continues(id_of('a'), 1001));
    CHECK(lineage.continues(id_of('b'), 5000));
}

TEST_CASE("a history may be continued under any name that it had, each up to where it parted",
          "[journal]") {
    Lineage lineage{id_of('a')};
    lineage.rename(id_of('b'), 1000);
    lineage.rename(id_of('c'), 1200);

    CHECK(lineage.continues(id_of('a'), 1000));
    CHECK_FALSE(lineage.continues(id_of('a'), 1001));
    CHECK(lineage.continues(id_of('b'), 1200));
    CHECK_FALSE(lineage.continues(id_of('b'), 1201));
}

TEST_CASE("the oldest of too many names is forgotten", "[journal]") {
    Lineage lineage{id_of('a')};
    for (std::size_t i = 0; i <= most_formers; ++i) {
        lineage.rename(random_replication_id(), 1000 + i);
    }

    CHECK(lineage.formers.size() == most_formers);
    CHECK_FALSE(lineage.continues(id_of('a'), 1000));
    CHECK(lineage.continues(lineage.formers.back().id, lineage.formers.back().shared));
}

TEST_CASE("another history shares nothing with the old one", "[journal]") {
    Lineage lineage{id_of('a')};
    lineage.rename(id_of('b'), 1000);

    lineage.replace(id_of('c'));

    CHECK_FALSE(lineage.continues(id_of('a'), 10));
    CHECK_FALSE(lineage.continues(id_of('b'), 10));
    CHECK(lineage.continues(id_of('c'), 10));
}

TEST_CASE("a random replication id is new each time", "[journal]") {
    CHECK(random_replication_id() != random_replication_id());
}

TEST_CASE("former names are read as they were written, as far as they make sense", "[journal]") {
    Lineage lineage{id_of('a')};
    lineage.rename(id_of('b'), 1000);
    lineage.rename(id_of('c'), 1200);
    const std::string text = to_text(lineage.formers);

    CHECK(text == std::string(40, 'b') + ":1200 " + std::string(40, 'a') + ":1000");
    CHECK(parse_formers(text) == lineage.formers);
    CHECK(parse_formers(text + " x").size() == 2);
    CHECK(parse_formers(text + "0").size() == 2);
    CHECK(parse_formers(text + "-").size() == 1);
    CHECK(parse_formers("").empty());
    std::string many;
    for (std::size_t i = 0; i <= most_formers; ++i) many += std::string(40, 'a') + ":7 ";
    CHECK(parse_formers(many).size() == most_formers);
}
