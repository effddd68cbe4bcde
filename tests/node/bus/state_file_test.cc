#include "node/bus/state_file.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/node/bus/temporary_folder.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::bus;

namespace {

gossip::State state_at(std::uint64_t epoch) {
    auto state = gossip::State::fresh(1);
    state.current_epoch = epoch;
    state.last_vote_epoch = epoch;
    return state;
}

void damage(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out);
    file.seekp(30);
    file.put('#');
}

}  // namespace

TEST_CASE("a node without a state file is a new one", "[bus]") {
    const TemporaryFolder folder;

    const auto loaded = load_state(folder.file("nodes.conf"), 7);

    REQUIRE(loaded);
    CHECK_FALSE(loaded->restarted);
    CHECK(loaded->state == gossip::State::fresh(7));
}

TEST_CASE("a Redis node's file is taken over and kept", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");
    const std::string name(40, 'a');
    std::ofstream(path) << name << " 127.0.0.1:7000@17000 myself,master - 0 0 4 connected 0-16383\n"
                        << "vars currentEpoch 4 lastVoteEpoch 3\n";

    const auto loaded = load_state(path, 7);

    REQUIRE(loaded);
    CHECK(loaded->restarted);
    CHECK(loaded->state.self.text() == name);
    CHECK(loaded->warning.find("nodes.conf.redis") != std::string::npos);
    CHECK(io::file_exists(path + ".redis"));
    REQUIRE(store_state(path, to_text(loaded->state)));
    CHECK(load_state(path, 7)->state == loaded->state);
}

TEST_CASE("the newest generation is loaded, the one before it is kept", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");

    REQUIRE(store_state(path, to_text(state_at(1))));
    REQUIRE(store_state(path, to_text(state_at(2))));

    const auto loaded = load_state(path, 7);
    REQUIRE(loaded);
    CHECK(loaded->restarted);
    CHECK(loaded->warning.empty());
    CHECK(loaded->state == state_at(2));
    CHECK(load_state(previous_of(path), 7)->state == state_at(1));
}

TEST_CASE("a damaged state costs one generation, and no vote is given twice", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");
    REQUIRE(store_state(path, to_text(state_at(4))));
    REQUIRE(store_state(path, to_text(state_at(5))));
    damage(path);

    const auto loaded = load_state(path, 7);

    REQUIRE(loaded);
    CHECK(loaded->restarted);
    CHECK(loaded->warning.find("damaged") != std::string::npos);
    CHECK(loaded->state.self == state_at(4).self);
    CHECK(loaded->state.last_vote_epoch == 5);
    CHECK(loaded->state.votes.at(loaded->state.self) == gossip::SavedVote{5, {}});
    CHECK(io::file_exists(path + ".damaged"));
    CHECK(load_state(path, 7)->state == loaded->state);
    CHECK(load_state(previous_of(path), 7)->state == state_at(4));
}

TEST_CASE("a node with nothing but damaged states does not start", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");
    REQUIRE(store_state(path, to_text(state_at(4))));
    damage(path);

    const auto loaded = load_state(path, 7);

    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().text.find(path) != std::string::npos);
    CHECK(loaded.error().text.find(previous_of(path)) != std::string::npos);
    CHECK(io::file_exists(path));
}

TEST_CASE("deleting the state makes a new node, whatever was left of the old one", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");
    REQUIRE(store_state(path, to_text(state_at(4))));
    REQUIRE(store_state(path, to_text(state_at(5))));
    std::filesystem::remove(path);

    CHECK_FALSE(load_state(path, 7)->restarted);
    CHECK_FALSE(io::file_exists(previous_of(path)));
}

TEST_CASE("two nodes cannot use the same state", "[bus]") {
    const TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");

    const auto first = lock_state(path);
    const auto second = lock_state(path);

    CHECK(first);
    REQUIRE_FALSE(second);
    CHECK(second.error().text.find("another") != std::string::npos);
}
