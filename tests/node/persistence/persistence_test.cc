#include "node/persistence/persistence.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "node/io/file.h"
#include "node/persistence/load.h"
#include "tests/node/workers_fixture.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::persistence;
using test::Workers;

namespace {

struct Folder {
    Folder() {
        std::string pattern = "/tmp/grapevine-test-XXXXXX";
        path = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file() const { return path + "/dump.rdb"; }
    std::string path;
};

std::string key(int number) {
    return "key:" + std::to_string(number);
}

// Saves, and meanwhile changes every key that there is.
Result<void> save_under_writes(Workers& workers, Persistence& persistence, int keys) {
    std::optional<Result<void>> outcome;
    workers.run([&] {
        persistence.save(
            [&](Result<void> saved) {
                outcome = std::move(saved);
                persistence.stop([&] { workers.finish(); });
            },
            [&workers, keys] {
                for (int i = 0; i < keys; ++i) workers.set_soon(key(i), "changed");
            });
    });
    return *outcome;
}

// As the node ends.
void save_last(Workers& workers, Persistence& persistence, std::optional<Result<void>>& outcome) {
    persistence.save_last([&](Result<void> saved) {
        outcome = std::move(saved);
        persistence.stop([&] { workers.finish(); });
    });
}

}  // namespace

TEST_CASE("a saved file holds the keys of one instant, whatever is written meanwhile",
          "[persistence]") {
    const Folder folder;
    constexpr int keys = 5000;
    {
        Workers workers(2);
        for (int i = 0; i < keys; ++i) workers.set(key(i), std::to_string(i));
        workers.set("elsewhere", "x", 7);
        Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
        REQUIRE(save_under_writes(workers, persistence, keys));
        CHECK(workers.value(key(1)) == "changed");
        CHECK(persistence.status().saves == 1);
        CHECK_FALSE(persistence.status().last_failed);
    }

    Workers restarted(3);
    const auto loaded = load_file(folder.file(), restarted.keepers(), 0);

    REQUIRE(loaded);
    CHECK(loaded->keys == keys + 1);
    CHECK(restarted.size() == keys + 1);
    CHECK(restarted.value(key(0)) == "0");
    CHECK(restarted.value(key(4999)) == "4999");
    CHECK(restarted.value("elsewhere", 7) == "x");
}

TEST_CASE("a save that fails says why and leaves no file", "[persistence]") {
    Workers workers(2);
    Persistence persistence(workers.journal(), workers.keepers(), {.path = "/nowhere/dump.rdb"});

    const auto saved = save_under_writes(workers, persistence, 10);

    REQUIRE_FALSE(saved);
    CHECK(saved.error().text.find("/nowhere/dump.rdb") != std::string::npos);
    CHECK(persistence.status().last_failed);
}

TEST_CASE("one save runs at a time", "[persistence]") {
    const Folder folder;
    Workers workers(1);
    Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
    std::string refused;

    workers.run([&] {
        persistence.save([&](const Result<void>&) { persistence.stop([&] { workers.finish(); }); });
        persistence.save([&](const Result<void>& second) { refused = second.error().text; });
    });

    CHECK(refused == "ERR Background save already in progress");
    CHECK(io::file_exists(folder.file()));
}

TEST_CASE("the last save has what was written while another one ran", "[persistence]") {
    const Folder folder;
    {
        Workers workers(1);
        workers.set("before", "x");
        Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
        std::optional<Result<void>> last;
        workers.run([&] {
            persistence.save([](const Result<void>&) {}, [&] { workers.set_soon("late", "x"); });
            save_last(workers, persistence, last);
        });
        REQUIRE(bool(*last));
        CHECK(persistence.status().saves == 2);
    }
    Workers restarted(1);
    CHECK(load_file(folder.file(), restarted.keepers(), 0)->keys == 2);
}

TEST_CASE("the last save is not begun when the data is whole no more", "[persistence]") {
    const Folder folder;
    {
        Workers workers(1);
        workers.set("before", "x");
        Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
        bool whole = true;
        persistence.ask_origin([&] { return Origin{.whole = whole}; });
        std::optional<Result<void>> last;
        workers.run([&] {
            persistence.save([](const Result<void>&) {}, [&] { workers.set_soon("half", "x"); });
            save_last(workers, persistence, last);
            workers.journal().loop().post([&] { whole = false; });
        });
        CHECK(bool(*last));
        CHECK(persistence.status().saves == 1);
    }
    Workers restarted(1);
    CHECK(load_file(folder.file(), restarted.keepers(), 0)->keys == 1);
}

TEST_CASE("data that is not whole replaces no file", "[persistence]") {
    const Folder folder;
    REQUIRE(io::write_durably(folder.file(), "better"));
    Workers workers(1);
    workers.set("half", "x");
    Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
    persistence.ask_origin([] { return Origin{.whole = false}; });
    std::optional<Result<void>> saved, last;

    workers.run([&] {
        persistence.save([&](Result<void> outcome) { saved = std::move(outcome); });
        save_last(workers, persistence, last);
    });

    CHECK_FALSE(bool(*saved));
    CHECK(bool(*last));
    CHECK(*io::read_file(folder.file()) == "better");
}

TEST_CASE("keys whose time has come are not loaded", "[persistence]") {
    const Folder folder;
    {
        Workers workers(1);
        auto& keyspace = *workers.owner("k").databases().all()[0];
        keyspace.set(store::make_key("dies"), "x", store::Expiry::at_ms(5000));
        keyspace.set(store::make_key("lives"), "x", store::Expiry::at_ms(9'000'000'000'000));
        Persistence persistence(workers.journal(), workers.keepers(), {.path = folder.file()});
        REQUIRE(save_under_writes(workers, persistence, 0));
    }

    Workers restarted(1);
    const auto loaded = load_file(folder.file(), restarted.keepers(), 5000);

    CHECK(loaded->expired == 1);
    CHECK(restarted.value("lives") == "x");
    CHECK(restarted.value("dies") == "(nothing)");
}

TEST_CASE("a file that cannot be loaded is an error with its name", "[persistence]") {
    const Folder folder;
    REQUIRE(io::write_durably(folder.file(), "REDIS0010 but no more"));
    Workers workers(1);

    CHECK(load_file(folder.file(), workers.keepers(), 0).error().text.find(folder.file()) !=
          std::string::npos);
    CHECK(load_file("/nowhere", workers.keepers(), 0).error().code() == "IO");
}
