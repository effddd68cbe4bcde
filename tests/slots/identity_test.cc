#include "slots/identity.h"

#include <catch2/catch.hpp>
#include <string>

using namespace grapevine::slots;

TEST_CASE("a node's name is forty lowercase hexadecimal digits and nothing else", "[slots]") {
    const std::string name(40, 'a');

    REQUIRE(NodeId::parse(name));
    CHECK(NodeId::parse(name)->text() == name);
    CHECK_FALSE(NodeId::parse(name.substr(1)));
    CHECK_FALSE(NodeId::parse(name + 'a'));
    CHECK_FALSE(NodeId::parse(std::string(40, 'A')));
    CHECK_FALSE(NodeId::parse(std::string(40, 'g')));
    CHECK_FALSE(NodeId::parse(std::string(40, '\0')));
}

TEST_CASE("no name is told from every name", "[slots]") {
    CHECK(NodeId{}.none());
    CHECK(NodeId{}.text().empty());
    CHECK_FALSE(NodeId::parse(std::string(40, '0'))->none());
    CHECK(NodeId{} < *NodeId::parse(std::string(40, '0')));
}
