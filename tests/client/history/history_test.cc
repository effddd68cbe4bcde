#include "tests/client/chaos/history.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const chaos::Instant start{1s};

// Numbers are appended to a text as a server would.
struct Server {
    std::string content;
    std::int64_t append(const std::string& element) {
        content += element;
        return static_cast<std::int64_t>(content.size());
    }
    void forget(std::size_t elements) {
        content.resize(content.size() - elements * chaos::History::width);
    }
};

struct Writer {
    chaos::History history;
    Server server;

    void write(int times) {
        for (int i = 0; i < times; ++i) {
            history.appended(server.append(history.next()), start + std::chrono::seconds(i));
            if (history.must_look()) history.saw(server.content);
        }
    }
    void prove() {
        history.proof_begins();
        history.proof_ended();
        write(1);
    }
};

}  // namespace

TEST_CASE("a history that is kept has nothing to complain of", "[history]") {
    Writer writer;

    writer.write(3);
    writer.prove();
    writer.history.saw(writer.server.content);

    const auto& figures = writer.history.figures();
    CHECK(figures.acknowledged == 4);
    CHECK(figures.proven == 3);
    CHECK(figures.lost + figures.duplicates + figures.false_ones + figures.misplaced == 0);
    CHECK(writer.history.lost_by_servers().empty());
}

TEST_CASE("the end of a history may be lost by servers, at a time that is told", "[history]") {
    Writer writer;
    writer.write(4);

    writer.server.forget(2);
    writer.write(1);

    CHECK(writer.history.lost_by_servers() == std::vector{start + 2s, start + 3s});
    CHECK(writer.history.figures().lost == 0);
    CHECK(writer.history.figures().misplaced == 0);
    CHECK(writer.history.present() == 3);
}

TEST_CASE("what was proven cannot be lost by servers", "[history]") {
    Writer writer;
    writer.write(4);
    writer.prove();

    writer.server.forget(3);
    writer.write(1);

    CHECK(writer.history.figures().lost == 2);
    CHECK(writer.history.lost_by_servers().size() == 1);
}

TEST_CASE("what had gone before it was proven was not proven", "[history]") {
    Writer writer;
    writer.write(4);
    writer.history.proof_begins();
    writer.server.forget(1);
    writer.history.proof_ended();

    writer.write(1);

    CHECK(writer.history.figures().lost == 0);
    CHECK(writer.history.figures().proven == 0);
    CHECK(writer.history.lost_by_servers().size() == 1);
}

TEST_CASE("one whose fate is not known may be there or not, once", "[history]") {
    Writer writer;
    writer.write(1);
    for (const int times : {0, 1, 2}) {
        Writer one = writer;
        const std::string element = one.history.next();
        one.history.not_known();
        for (int i = 0; i < times; ++i) one.server.append(element);

        one.history.saw(one.server.content);

        CHECK(one.history.figures().unknown == 1);
        CHECK(one.history.figures().duplicates == (times == 2 ? 1 : 0));
        CHECK(one.history.lost_by_servers().empty());
    }
}

TEST_CASE("one whose fate is not known may come late", "[history]") {
    Writer writer;
    const std::string late = writer.history.next();
    writer.history.not_known();
    writer.history.saw("");
    writer.write(1);

    writer.server.append(late);
    writer.write(1);

    CHECK(writer.history.figures().misplaced == 0);
    CHECK(writer.history.present() == 3);
}

TEST_CASE("a write that was done twice is found", "[history]") {
    Writer writer;
    writer.write(1);
    const std::string twice = writer.history.next();
    writer.server.append(twice);

    writer.history.appended(writer.server.append(twice), start);
    REQUIRE(writer.history.must_look());
    writer.history.saw(writer.server.content);

    CHECK(writer.history.figures().duplicates == 1);
}

TEST_CASE("a write that was done although it was said not to be is found", "[history]") {
    Writer writer;
    writer.server.append(writer.history.next());
    writer.history.not_done();

    writer.write(1);

    CHECK(writer.history.figures().false_ones == 1);
}

TEST_CASE("a hole in the middle is no loss that servers can have made", "[history]") {
    Writer writer;
    writer.write(3);
    writer.server.content.erase(0, chaos::History::width);

    writer.write(1);

    CHECK(writer.history.figures().misplaced == 2);
}

TEST_CASE("what is there and was never written is found", "[history]") {
    // A number of the future, and half of one.
    for (const char* stranger : {"0000009;", "00"}) {
        Writer writer;
        writer.write(3);
        writer.server.content += stranger;

        writer.history.saw(writer.server.content);

        INFO(stranger);
        CHECK(writer.history.figures().false_ones == 1);
        CHECK(writer.history.figures().duplicates + writer.history.figures().misplaced == 0);
    }
}

TEST_CASE("what is out of order is found", "[history]") {
    Writer writer;
    writer.write(2);
    const std::string second = writer.server.content.substr(chaos::History::width);
    writer.server.content.erase(chaos::History::width);
    writer.write(1);
    CHECK(writer.history.figures().misplaced == 0);  // So far it is the end that is lost.

    writer.server.append(second);
    writer.write(1);

    CHECK(writer.history.figures().misplaced == 1);
    CHECK(writer.history.figures().duplicates == 0);
}

TEST_CASE("an old write that is done again much later is found", "[history]") {
    Writer writer;
    writer.write(5);
    writer.server.append(writer.server.content.substr(0, chaos::History::width));

    writer.write(1);

    CHECK(writer.history.figures().duplicates == 1);
}

TEST_CASE("one acknowledged and never done is no loss that is proven", "[history]") {
    Writer writer;
    writer.write(2);
    writer.history.next();
    writer.history.appended(3 * chaos::History::width, start + 5s);
    writer.history.proof_begins();
    writer.history.proof_ended();

    writer.write(1);

    CHECK(writer.history.lost_by_servers() == std::vector{start + 5s});
    CHECK(writer.history.figures().lost + writer.history.figures().proven == 0);
}

TEST_CASE("a number that nobody has set is found", "[history]") {
    chaos::Newest newest;
    newest.next();
    newest.was_set(start);

    newest.saw(2);

    CHECK(newest.figures().false_ones == 1);
}

TEST_CASE("halves that differ are torn once their command has been acknowledged", "[history]") {
    const auto torn = [](const chaos::Pair::Halves& halves, bool is_whole) {
        chaos::Pair pair;
        for (int i = 0; i < 2; ++i) {
            pair.next();
            pair.was_set(start);
        }
        pair.saw(halves, is_whole);
        return pair.figures().torn;
    };

    CHECK(torn({2, 2}, true) == 0);
    CHECK(torn({2, 1}, true) == 1);
    CHECK(torn({2, std::nullopt}, true) == 1);
    CHECK(torn({2}, true) == 1);
    CHECK(torn({}, true) == 1);
    CHECK(torn({2, 1}, false) == 0);
}

TEST_CASE("a hole just before the last is one, too", "[history]") {
    Writer writer;
    writer.write(3);
    writer.server.content.erase(chaos::History::width, chaos::History::width);

    writer.history.saw(writer.server.content);

    CHECK(writer.history.figures().misplaced == 1);
}

TEST_CASE("a number that gets smaller is lost by servers unless it was proven", "[history]") {
    chaos::Newest newest;
    for (int i = 0; i < 3; ++i) {
        newest.next();
        newest.was_set(start);
    }
    newest.proof_begins();
    newest.proof_ended();
    newest.saw(3);
    newest.next();
    newest.was_set(start + 1s);

    newest.saw(3);
    CHECK(newest.lost_by_servers() == std::vector{start + 1s});
    CHECK(newest.figures().lost == 0);

    newest.saw(2);
    CHECK(newest.figures().lost == 1);
    CHECK(newest.figures().proven == 3);
}
