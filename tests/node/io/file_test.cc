#include "node/io/file.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <unistd.h>

using namespace grapevine::node::io;

namespace {

// A folder of its own, removed at the end.
struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("grapevine-file-test-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const char* name) const { return path / name; }
};

}  // namespace

TEST_CASE("a file that was written durably reads the same, with nothing left beside it", "[io]") {
    const Folder folder;
    const std::string bytes("one\0two", 7);

    REQUIRE(write_durably(folder.file("state"), "older"));
    REQUIRE(write_durably(folder.file("state"), bytes));

    CHECK(*read_file(folder.file("state")) == bytes);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("a file that cannot be read or written says which and why", "[io]") {
    const Folder folder;

    const auto missing = read_file(folder.file("nothing"));
    const auto refused = write_durably(folder.file("no/such/folder"), "x");

    REQUIRE_FALSE(missing);
    CHECK(missing.error().text.find("nothing: No such file") != std::string::npos);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("no/such/folder") != std::string::npos);
}

TEST_CASE("a lock keeps others out until it is gone", "[io]") {
    const Folder folder;
    {
        const auto first = FileLock::take(folder.file("lock"));
        REQUIRE(first);
        const auto second = FileLock::take(folder.file("lock"));
        REQUIRE_FALSE(second);
        CHECK(second.error().text.find("in use by another process") != std::string::npos);
    }
    CHECK(FileLock::take(folder.file("lock")));
}
