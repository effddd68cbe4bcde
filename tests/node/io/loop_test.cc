#include "node/io/loop.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <thread>

#include "node/io/stream.h"
#include "node/io/timer.h"

using namespace grapevine::node::io;

TEST_CASE("work that is posted runs on the loop's thread, in order", "[io]") {
    Loop loop;
    std::vector<int> ran;
    std::thread::id where;
    std::thread poster([&] {
        for (int i = 0; i < 1000; ++i) loop.post([&ran, i] { ran.push_back(i); });
        loop.post([&] { where = std::this_thread::get_id(); });
        loop.stop();
    });

    loop.run();
    poster.join();

    REQUIRE(ran.size() == 1000);
    CHECK(std::is_sorted(ran.begin(), ran.end()));
    CHECK(where == std::this_thread::get_id());
}

TEST_CASE("work posted by work runs before the loop sleeps", "[io]") {
    Loop loop;
    int depth = 0;
    std::function<void()> deeper = [&] {
        if (++depth == 100) return loop.stop();
        loop.post([&] { deeper(); });
    };
    loop.post([&] { deeper(); });

    loop.run();

    CHECK(depth == 100);
}

TEST_CASE("work in the background comes back to the loop", "[io]") {
    Loop loop;
    std::thread::id worked, finished;
    loop.in_background([&] { worked = std::this_thread::get_id(); },
                       [&] {
                           finished = std::this_thread::get_id();
                           loop.stop();
                       });

    loop.run();

    CHECK(worked != std::this_thread::get_id());
    CHECK(finished == std::this_thread::get_id());
}

namespace {

struct Pair {
    int ours;
    int theirs;
    Pair() {
        int both[2];
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, both) == 0);
        ours = both[0];
        theirs = both[1];
    }
};

}  // namespace

TEST_CASE("what the peer does not read yet is kept and sent in order", "[io]") {
    Loop loop;
    const Pair sockets;
    std::string sent;
    for (int i = 0; i < 200'000; ++i) sent += std::to_string(i);
    std::string received;
    Stream writer(loop, sockets.ours, {.received = [](std::string_view) {}, .ended = [](End) {}});
    Stream reader(loop, sockets.theirs,
                  {.received =
                       [&](std::string_view bytes) {
                           received += bytes;
                           if (received.size() == sent.size()) loop.stop();
                       },
                   .ended = [](End) {}});

    writer.send(std::string_view(sent).substr(0, 100));
    writer.send(std::string_view(sent).substr(100));
    CHECK(writer.unsent() > 0);
    loop.run();

    CHECK(received == sent);
    CHECK(writer.unsent() == 0);
}

TEST_CASE("a stream may be destroyed by what it received", "[io]") {
    Loop loop;
    const Pair sockets;
    Stream writer(loop, sockets.ours, {.received = [](std::string_view) {}, .ended = [](End) {}});
    std::unique_ptr<Stream> reader;
    auto gone = [&] {
        reader.reset();
        loop.stop();
    };
    reader = std::make_unique<Stream>(
        loop, sockets.theirs,
        Stream::Events{.received = [&](std::string_view) { loop.post(gone); },
                       .ended = [](End) {}});

    writer.send("x");
    loop.run();

    CHECK_FALSE(reader);
}

TEST_CASE("the end of a stream is told once", "[io]") {
    Loop loop;
    const Pair sockets;
    int ends = 0;
    Stream reader(loop, sockets.ours,
                  {.received = [](std::string_view) {},
                   .ended =
                       [&](End end) {
                           ++ends;
                           CHECK(end == End::closed);
                           loop.stop();
                       }});
    auto writer = std::make_unique<Stream>(
        loop, sockets.theirs,
        Stream::Events{.received = [](std::string_view) {}, .ended = [](End) {}});

    writer.reset();
    loop.run();

    CHECK(ends == 1);
    CHECK_FALSE(reader.open());
}
