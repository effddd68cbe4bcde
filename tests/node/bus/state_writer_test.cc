#include "node/bus/state_writer.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "node/io/file.h"
#include "tests/node/bus/temporary_folder.h"

using namespace grapevine;
using namespace grapevine::node;
using bus::StateWriter;

TEST_CASE("of the states that wait for the disk only the newest is written", "[bus]") {
    const bus::TemporaryFolder folder;
    const auto path = folder.file("nodes.conf");
    io::Loop loop;
    std::vector<gossip::Generation> saved;
    StateWriter writer(loop, path,
                       {[&](gossip::Generation generation) {
                            saved.push_back(generation);
                            if (generation == 3) loop.stop();
                        },
                        [](gossip::Generation, const Error&) {}});

    writer.save({1, "one"});
    writer.save({2, "two"});
    writer.save({3, "three"});
    loop.run();

    CHECK(saved == std::vector<gossip::Generation>{1, 3});
    CHECK(*io::read_file(path) == "three");
    CHECK(*io::read_file(path + ".previous") == "one");
}

TEST_CASE("a state that cannot be written is tried again until it can", "[bus]") {
    const bus::TemporaryFolder folder;
    const auto place = folder.file("missing");
    io::Loop loop;
    std::vector<gossip::Generation> saved;
    std::vector<std::string> errors;
    StateWriter writer(loop, place + "/nodes.conf",
                       {[&](gossip::Generation generation) {
                            saved.push_back(generation);
                            loop.stop();
                        },
                        [&](gossip::Generation, const Error& error) {
                            errors.push_back(error.text);
                            std::filesystem::create_directory(place);
                        }});

    writer.save({1, "one"});
    loop.run();

    CHECK(saved == std::vector<gossip::Generation>{1});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find(place) != std::string::npos);
    CHECK(*io::read_file(place + "/nodes.conf") == "one");
}
