// The saved state: what was written is read, and nothing else is.
#include "gossip/state.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

State example() {
    State state = State::fresh(5);
    state.current_epoch = 9;
    state.last_vote_epoch = 8;
    state.members[0].endpoint = {"10.0.0.1", 7000, 17000};
    state.members[0].slots.insert({{0}, {100}});
    SavedMember other;
    other.id = *NodeId::parse(std::string(40, 'f'));
    other.hostname = "grape.example";
    other.role = slots::Role::replica;
    other.primary = state.self;
    other.failed = true;
    state.members.push_back(other);
    state.migrating_to[{7}] = other.id;
    state.importing_from[{9000}] = other.id;
    state.graves[*NodeId::parse(std::string(40, 'd'))] = 3;
    state.heirs = {other.id};
    state.displaced[other.id] = state.self;
    state.replaced = other.id;
    state.was_heir = true;
    state.kin = {0xfedcba9876543210, true};
    state.votes[state.self] = {8, other.id};
    state.votes[other.id] = {7, {}, state.self};
    return state;
}

}  // namespace

TEST_CASE("a saved state reads the same", "[gossip][state]") {
    const auto read = parse_state(to_text(example()));

    REQUIRE(read);
    CHECK(*read == example());
}

TEST_CASE("a saved state that was cut or changed anywhere is refused", "[gossip][state]") {
    const std::string whole = to_text(example());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        CHECK_FALSE(parse_state(whole.substr(0, at)));
        std::string changed = whole;
        changed[at] = changed[at] == '1' ? '2' : '1';
        CHECK_FALSE(parse_state(changed));
    }
}

TEST_CASE("a refused state says why", "[gossip][state]") {
    CHECK(parse_state("vars currentEpoch 1\n").error().text ==
          "ERR cluster state: the first line is not 'grapevine-state 1'");
    CHECK(parse_state("grapevine-state 1\nself -\n").error().text ==
          "ERR cluster state: the checksum at the end is missing; the text was cut");
}

TEST_CASE("fresh nodes have names of their own", "[gossip][state]") {
    CHECK(State::fresh(1).self != State::fresh(2).self);
    CHECK(State::fresh(1) == State::fresh(1));
}
