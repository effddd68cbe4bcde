#include "node/replication/applier.h"

#include <catch2/catch.hpp>

#include "node/replication/loader.h"
#include "node/replication/words.h"
#include "tests/node/workers_fixture.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::replication;
using test::Workers;

namespace {

// Applies `stream` in pieces, until all workers are done with it.
struct Applied {
    Applied(Workers& workers, std::string_view stream, std::size_t piece) {
        auto& journal = workers.journal();
        workers.run([&] {
            journal.set_source(journal::Journal::Source::primary);
            applier = std::make_unique<Applier>(
                journal, keepers = workers.keepers(), test::lookup,
                Applier::Events{.moved = [] {},
                                .asked = [this] { asked_at = applier->offset(); },
                                .failed = [this](const std::string& text) { failure = text; }});
            for (; !stream.empty() && error.empty();
                 stream.remove_prefix(std::min(piece, stream.size()))) {
                if (auto fed = applier->feed(stream.substr(0, piece)); !fed) {
                    error = fed.error().text;
                }
            }
            journal.barrier({}, [&](Offset) { workers.finish(); });
        });
    }

    std::vector<commands::Keeper*> keepers;
    std::unique_ptr<Applier> applier;
    std::string error;
    std::string failure;
    Offset asked_at = 0;
};

std::string many_sets() {
    std::string stream;
    for (int i = 0; i < 1000; ++i) {
        stream += request({"SET", "key:" + std::to_string(i), std::to_string(i)});
    }
    return stream;
}

}  // namespace

TEST_CASE("a stream is applied on the workers that own its keys", "[replication]") {
    for (const std::size_t piece : {7u, 1000u, 1u << 20}) {
        Workers workers(3);
        const auto stream = many_sets() + request({"SELECT", "2"}) + request({"SET", "a", "1"}) +
                            request({"MULTI"}) + request({"INCR", "{a}n"}) +
                            request({"INCR", "{a}n"}) + request({"EXEC"});

        const Applied applied(workers, stream, piece);

        CHECK(applied.error.empty());
        CHECK(workers.size() == 1002);
        CHECK(workers.value("key:999") == "999");
        CHECK(workers.value("a", 2) == "1");
        CHECK(workers.value("{a}n", 2) == "2");
        CHECK(applied.applier->offset() == stream.size());
        CHECK(applied.applier->database() == 2);
    }
}

TEST_CASE("a primary that asks hears when all workers have applied what came before",
          "[replication]") {
    Workers workers(2);
    const auto stream = many_sets() + request({"REPLCONF", "GETACK", "*"});

    const Applied applied(workers, stream, 4096);

    CHECK(applied.asked_at == stream.size());
}

TEST_CASE("a flush reaches every worker", "[replication]") {
    Workers workers(3);

    const Applied applied(workers, many_sets() + request({"FLUSHALL"}), 1u << 20);

    CHECK(workers.size() == 0);
}

TEST_CASE("an expired key is there until its primary deletes it", "[replication]") {
    Workers workers(1);
    const auto stream = request({"SET", "k", "1", "PXAT", "1000"}) + request({"INCR", "k"});

    const Applied applied(workers, stream, 1u << 20);

    CHECK(workers.value("k") == "2");
}

TEST_CASE("a command that answers with an error is told of", "[replication]") {
    Workers workers(1);

    const Applied applied(workers, request({"SET", "k", "text"}) + request({"INCR", "k"}), 1000);

    CHECK(applied.failure.find("INCR: ERR value is not an integer") != std::string::npos);
}

TEST_CASE("a payload replaces all that a replica had", "[replication]") {
    Workers workers(2);
    workers.set("old", "1", 3);
    const auto keepers = workers.keepers();

    workers.run([&] {
        Loader loader(workers.journal(), keepers, [] {});
        CHECK(loader.feed("REDIS0003"));
        CHECK(loader.feed(std::string("\0\3new\1x\xff", 8)));
        CHECK(loader.finish());
        workers.journal().barrier({}, [&](Offset) { workers.finish(); });
    });

    CHECK(workers.value("old", 3) == "(nothing)");
    CHECK(workers.value("new") == "x");
}
