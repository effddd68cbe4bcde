#include "node/journal/journal.h"

#include <array>
#include <catch2/catch.hpp>
#include <thread>

using namespace grapevine::node;
using journal::Effects;
using journal::Journal;
using journal::Offset;

namespace {

// A journal and two workers, each with a loop and a thread of its own.
class Node {
public:
    Node() {
        journal_.attach({{&loops_[0], &effects_[0]}, {&loops_[1], &effects_[1]}});
        for (unsigned i = 0; i < 2; ++i) {
            effects_[i].listen(true);
            loops_[i].on_turn({}, [this, i] { journal_.hand_over(i); });
        }
        for (auto& loop : loops_) threads_.emplace_back([&loop] { loop.run(); });
    }
    ~Node() {
        for (auto& loop : loops_) loop.stop();
        for (auto& thread : threads_) thread.join();
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Runs `work` as the journal thread's first task, until something stops the loop.
    void run(std::function<void()> work) {
        loop_.post(std::move(work));
        loop_.run();
    }
    void stop() { loop_.stop(); }

    void write(unsigned worker, const std::string& value) {
        loops_[worker].post(
            [this, worker, value] { effects_[worker].record(0, {"SET", "key", value}); });
    }

    std::string stream(Offset from) {
        journal::Backlog::Reader reader(journal_.backlog(), from);
        return std::string(reader.next());
    }

    Journal& journal() { return journal_; }
    Effects& effects(unsigned worker) { return effects_[worker]; }

private:
    grapevine::node::io::Loop loop_;
    std::array<io::Loop, 2> loops_;
    std::array<Effects, 2> effects_;
    Journal journal_{loop_, 1 << 20};
    std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("a barrier separates what all workers did before from what they did after", "[journal]") {
    Node node;
    Offset barrier = 0;
    std::array<std::string, 2> seen;

    node.run([&] {
        node.write(0, "before");
        node.write(1, "before");
        node.journal().barrier(
            [&](unsigned worker) { node.effects(worker).record(0, {"SET", "key", "after"}); },
            [&](Offset offset) {
                barrier = offset;
                node.journal().barrier({}, [&](Offset) { node.stop(); });
            });
    });

    Offset begin = node.journal().backlog().begin();
    const std::string all = node.stream(begin);
    CHECK(all.substr(0, barrier).find("after") == std::string::npos);
    CHECK(all.substr(barrier).find("before") == std::string::npos);
    CHECK(all.substr(barrier).find("after") != std::string::npos);
    CHECK(all.substr(0, barrier).find("before") != all.substr(0, barrier).rfind("before"));
}

TEST_CASE("barriers complete in the order in which they began", "[journal]") {
    Node node;
    std::string order;

    node.run([&] {
        for (const char name : {'a', 'b', 'c'}) {
            node.journal().barrier({}, [&order, name](Offset) { order += name; });
        }
        node.journal().barrier({}, [&](Offset) { node.stop(); });
    });

    CHECK(order == "abc");
}

TEST_CASE("while a primary's stream is passed on, a barrier lies where it began", "[journal]") {
    Node node;
    Offset barrier = 0;

    node.run([&] {
        node.journal().set_source(Journal::Source::primary);
        node.journal().append("12345");
        node.journal().barrier({}, [&](Offset offset) {
            barrier = offset;
            node.stop();
        });
        node.journal().append("behind");
    });

    CHECK(barrier == 5);
}

TEST_CASE("a barrier that began while the workers stopped lies where the last of them did",
          "[journal]") {
    Node node;
    Offset barrier = 0;

    node.run([&] {
        node.write(0, "before");
        node.write(1, "before");
        node.journal().barrier(
            {}, [&](Offset) { node.journal().set_source(Journal::Source::primary); });
        node.journal().barrier({}, [&](Offset offset) {
            barrier = offset;
            node.stop();
        });
    });

    CHECK(barrier == node.journal().end());
}

TEST_CASE("WAIT answers when the replicas confirmed what was written before it", "[journal]") {
    Node node;
    unsigned reached = 0;
    int asked = 0;

    node.run([&] {
        node.write(0, "value");
        node.journal().on_wait([&] {
            ++asked;
            const std::array<Offset, 1> all{node.journal().end()};
            node.journal().confirmed(all);
        });
        node.journal().wait_for(1, 0, [&](std::optional<unsigned> replicas) {
            reached = replicas.value_or(99);
            node.stop();
        });
    });

    CHECK(asked == 1);
    CHECK(reached == 1);
    CHECK(node.journal().end() > 0);
}

TEST_CASE("WAIT gives up after its timeout", "[journal]") {
    Node node;
    unsigned reached = 99;

    node.run([&] {
        node.journal().wait_for(1, 1, [&](std::optional<unsigned> replicas) {
            reached = replicas.value_or(98);
            node.stop();
        });
    });

    CHECK(reached == 0);
}

TEST_CASE("WAIT ends when a primary's stream takes the place of what it waited for", "[journal]") {
    Node node;
    std::string answers;
    const auto note = [&](const char* name) {
        return [&answers, name](std::optional<unsigned> reached) {
            answers += name + std::string(reached ? " was reached, " : " was given up, ");
        };
    };

    node.run([&] {
        node.journal().wait_for(1, 0, note("held"));
        node.write(0, "value");
        node.journal().loop().post([&] {
            node.journal().barrier({}, [&](Offset) {
                node.journal().wait_for(1, 0, note("placed"));
                node.journal().loop().post([&] {
                    node.journal().wait_for(1, 0, note("unplaced"));
                    node.journal().loop().post([&] {
                        node.journal().set_source(Journal::Source::primary);
                        node.journal().barrier({}, [&](Offset) { node.stop(); });
                    });
                });
            });
        });
    });

    CHECK(answers == "held was given up, unplaced was given up, placed was given up, ");
}
