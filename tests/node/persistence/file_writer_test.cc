#include "node/persistence/file_writer.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

#include "node/io/file.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::persistence;

namespace {

// A folder that is gone after the test.
struct Folder {
    Folder() {
        std::string pattern = "/tmp/grapevine-test-XXXXXX";
        path = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }

    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path),
                                                      std::filesystem::directory_iterator()));
    }
    std::string path;
};

Result<void> finished(io::Loop& loop, FileWriter& writer) {
    std::optional<Result<void>> outcome;
    writer.finish([&](Result<void> result) {
        outcome = std::move(result);
        loop.stop();
    });
    loop.run();
    return *outcome;
}

}  // namespace

TEST_CASE("what a dead process has left half written is removed", "[persistence]") {
    const Folder folder;
    const auto path = folder.path + "/dump.rdb";
    const ::pid_t dead = ::fork();
    if (dead == 0) ::_exit(0);
    REQUIRE(::waitpid(dead, nullptr, 0) == dead);
    const auto gone = path + ".tmp-" + std::to_string(dead);
    const auto others = {path, path + ".tmp-" + std::to_string(::getpid()), path + ".tmp-x",
                         path + ".lock", folder.path + "/other.rdb.tmp-" + std::to_string(dead)};
    REQUIRE(io::write_durably(gone, "half"));
    for (const auto& other : others) REQUIRE(io::write_durably(other, "whole"));

    remove_leftovers(path);

    CHECK_FALSE(io::file_exists(gone));
    for (const auto& other : others) CHECK(io::file_exists(other));
}

TEST_CASE("a file has its name when it is whole, and not before", "[persistence]") {
    const Folder folder;
    const auto path = folder.path + "/dump.rdb";
    const std::string much(3u << 20, 'x');
    io::Loop loop;
    FileWriter writer(loop, path, [] {});

    writer.append("begin ");
    writer.append(much);
    writer.append(" end");
    CHECK_FALSE(io::file_exists(path));

    REQUIRE(finished(loop, writer));
    CHECK(*io::read_file(path) == "begin " + much + " end");
    CHECK(writer.pending() == 0);
    CHECK(folder.files() == 1);
}

TEST_CASE("a file that is abandoned leaves the old one", "[persistence]") {
    const Folder folder;
    const auto path = folder.path + "/dump.rdb";
    REQUIRE(io::write_durably(path, "old"));
    {
        io::Loop loop;
        {
            FileWriter writer(loop, path, [&loop] { loop.stop(); });
            writer.append(std::string(2u << 20, 'x'));
            loop.run();
        }
    }

    CHECK(*io::read_file(path) == "old");
    CHECK(folder.files() == 1);
}

TEST_CASE("a file that cannot be written is an error with its name", "[persistence]") {
    io::Loop loop;
    FileWriter writer(loop, "/nowhere/dump.rdb", [] {});
    writer.append("bytes");

    const auto outcome = finished(loop, writer);

    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().text.find("/nowhere/dump.rdb") != std::string::npos);
}
