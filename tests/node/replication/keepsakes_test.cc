// Lost writes are kept in files that nothing replaces.
#include "node/replication/keepsakes.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <unistd.h>

#include "node/io/file.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::replication;

namespace {

struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("keep-" + std::to_string(getpid()))) {
        std::filesystem::create_directory(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }

    std::string file(const std::string& name) const { return (path / name).string(); }
    std::size_t files() const {
        const std::filesystem::directory_iterator all(path);
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

    std::filesystem::path path;
};

}  // namespace

TEST_CASE("what was kept before is not replaced", "[replication]") {
    const Folder folder;

    const auto first = keep({"one", 1, true}, folder.file("lost"), folder.file("dump.rdb"));
    const auto second = keep({"two", 1, true}, folder.file("lost"), folder.file("dump.rdb"));

    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->commands == folder.file("lost.aof"));
    CHECK(second->commands == folder.file("lost-2.aof"));
    CHECK(*io::read_file(first->commands) == "one");
    CHECK(*io::read_file(second->commands) == "two");
}

TEST_CASE("nothing makes no file", "[replication]") {
    const Folder folder;

    const auto all = keep({"", 0, true}, folder.file("lost"), folder.file("dump.rdb"));
    const auto rest = keep({"", 0, false}, folder.file("lost"), folder.file("dump.rdb"));

    REQUIRE(all);
    REQUIRE(rest);
    CHECK(rest->commands.empty());
    CHECK(rest->dump.empty());
    CHECK(folder.files() == 0);
}

TEST_CASE("where the log does not reach back, the dump is kept beside it, once", "[replication]") {
    const Folder folder;
    const auto dump = folder.file("dump.rdb");
    REQUIRE(io::write_durably(dump, "old"));

    const auto first = keep({"", 0, false}, folder.file("lost"), dump);
    const auto again = keep({"", 0, false}, folder.file("lost"), dump);
    REQUIRE(io::write_durably(dump, "new"));
    const auto later = keep({"", 0, false}, folder.file("lost"), dump);

    REQUIRE(first);
    REQUIRE(again);
    REQUIRE(later);
    CHECK(first->dump == folder.file("lost.rdb"));
    CHECK(again->dump == first->dump);
    CHECK(*io::read_file(first->dump) == "old");
    CHECK(later->dump == folder.file("lost-2.rdb"));
    CHECK(*io::read_file(later->dump) == "new");
}
