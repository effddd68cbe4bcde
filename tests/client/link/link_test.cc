#include "client/link/link.h"

#include <catch2/catch.hpp>

#include "tests/client/link/peer.h"

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

struct Echo final : Operation {
    explicit Echo(std::string_view word, Trait traits = Trait::none)
        : Operation(Request("ECHO", 1, traits)) {
        request.add(word);
    }
    void succeeded(const Reply&) override {}
    void failed(Error&&) override {}
};

// What a link tells, as lines of text.
struct Told final : LinkEvents {
    std::vector<std::string> lines;
    bool output = false;
    std::function<void()> then;  // Done when an operation has ended.

    std::vector<std::string> take() { return std::exchange(lines, {}); }
    void say(std::string line) {
        lines.push_back(std::move(line));
        if (const auto act = std::exchange(then, nullptr)) act();
    }
    void answered(Link&, Operation&, const Reply& reply) override {
        say("answered " + std::string(reply.text()));
    }
    void refused(Link&, Operation&, std::string_view error) override {
        say("refused " + std::string(error));
    }
    void lost(Link&, Operation&, bool sent, const std::string& reason) override {
        say((sent ? "lost, sent: " : "lost: ") + reason);
    }
    bool pushed(Link&, const Reply& message) override {
        lines.push_back("pushed");
        return message.size() == 2;
    }
    void measured(Link&, Duration took) override { lasted.push_back(took); }
    void opened(Link&) override { lines.push_back("opened"); }
    void closed(Link&, bool was_open, const std::string& reason) override {
        lines.push_back((was_open ? "closed: " : "not opened: ") + reason);
    }
    void has_output(Link&) override { output = true; }
    std::vector<Duration> lasted;
};

Request hello() {
    Request greeting("HELLO", 1);
    greeting.add("3");
    greeting.begin("READONLY", 0);
    return greeting;
}

struct Pair {
    Peer peer;
    Told told;
    Meter meter;
    Link link{peer, told, Target{.host = "a", .greeting = hello(), .meter = &meter}};

    void open(Operation& first) {
        link.send(first);
        peer.accept();
        peer.say("%0\r\n+OK\r\n");
        link.flush();
        peer.requests();
        told.take();
    }
};

}  // namespace

TEST_CASE("a link greets, then sends what has waited, together", "[link]") {
    Pair p;
    Echo one("1"), two("2");
    p.link.send(one);
    p.link.send(two);
    CHECK(p.peer.connections == 1);
    CHECK(p.peer.last_host == "a");
    CHECK(p.link.connecting());
    p.peer.accept();
    CHECK(p.peer.requests() == std::vector<Words>{{"HELLO", "3"}, {"READONLY"}});
    p.peer.say("%0\r\n");
    CHECK_FALSE(p.link.open());
    p.peer.say("+OK\r\n");
    CHECK(p.told.take() == Words{"opened"});
    CHECK(p.told.output);
    CHECK(p.peer.requests().empty());
    p.link.flush();
    CHECK(p.peer.requests() == std::vector<Words>{{"ECHO", "1"}, {"ECHO", "2"}});
    CHECK(p.meter.in_flight.value() == 2);
    p.peer.say("+1\r\n+2");
    p.peer.say("\r\n");
    CHECK(p.told.take() == Words{"answered 1", "answered 2"});
    CHECK(p.meter.in_flight.value() == 0);
    CHECK(p.meter.requests.value() == 2);
    CHECK(p.link.idle());
}

TEST_CASE("who greets back with an error is left alone, longer each time", "[link]") {
    Pair p;
    Duration pause = 10ms;
    for (int i = 0; i < 8; ++i, pause = std::min<Duration>(2 * pause, 160ms)) {
        Echo one("1"), soon("2");
        p.link.send(one);
        p.peer.accept();
        p.peer.say("-NOAUTH who are you\r\n");
        CHECK(p.told.take() == Words{"not opened: NOAUTH who are you", "lost: NOAUTH who are you"});
        p.peer.time += pause - 1ms;
        p.link.send(soon);
        CHECK(p.told.take() == Words{"lost: NOAUTH who are you"});
        p.peer.time += 1ms;
    }
    CHECK(p.peer.connections == 8);
}

TEST_CASE("what is lost is known to have been sent, or not", "[link]") {
    Pair p;
    Echo one("1"), two("2"), three("3");
    p.open(one);
    p.link.send(two);
    p.peer.say("+1\r\n");
    p.link.flush();
    p.link.send(three);
    p.peer.end("reset");
    CHECK(p.told.take() ==
          Words{"answered 1", "closed: reset", "lost, sent: reset", "lost: reset"});
    CHECK(p.meter.in_flight.value() == 0);
    // It had been there: no pause.
    p.link.send(one);
    CHECK(p.peer.connections == 2);
}

TEST_CASE("the answer to a request that was given up reaches nobody", "[link]") {
    Pair p;
    Echo one("1"), two("2"), parked("3");
    p.open(one);
    p.link.send(two);
    p.link.flush();
    CHECK(p.link.forget(one));
    p.peer.say("+1\r\n+2\r\n");
    CHECK(p.told.take() == Words{"answered 2"});
    p.link.drop("done");
    p.told.take();
    p.link.send(parked);
    CHECK_FALSE(p.link.forget(parked));
    p.peer.end("refused");
    CHECK(p.told.take() == Words{"not opened: refused"});
}

TEST_CASE("ASKING goes before what was redirected, and its answer is no answer", "[link]") {
    Pair p;
    Echo one("1"), two("2");
    p.open(one);
    two.trip.asking = true;
    p.link.send(two);
    p.link.flush();
    CHECK(p.peer.requests() == std::vector<Words>{{"ASKING"}, {"ECHO", "2"}});
    p.peer.say("+1\r\n+OK\r\n+2\r\n");
    CHECK(p.told.take() == Words{"answered 1", "answered 2"});
}

TEST_CASE("several commands of one request have one answer: the last, or the first error",
          "[link]") {
    Pair p;
    Echo one("1"), two("2");
    for (Echo* each : {&one, &two}) {
        each->request.begin("ECHO", 1);
        each->request.add("x");
    }
    p.open(one);
    p.peer.say("+QUEUED\r\n");
    CHECK(p.told.take().empty());
    p.peer.say("+done\r\n");
    p.link.send(two);
    p.link.flush();
    p.peer.say("-MOVED 1 b:1\r\n-EXECABORT x\r\n");
    CHECK(p.told.take() == Words{"answered done", "refused MOVED 1 b:1"});
}

TEST_CASE("while the other end takes nothing, what is to be sent waits and goes together",
          "[link]") {
    Pair p;
    Echo one("1"), two("2"), three("3");
    p.open(one);
    p.peer.clog();
    p.link.send(two);
    p.link.flush();
    p.link.send(three);
    p.link.flush();
    CHECK(p.peer.requests().empty());
    p.peer.drain();
    CHECK(p.peer.requests() == std::vector<Words>{{"ECHO", "2"}, {"ECHO", "3"}});
}

TEST_CASE("a server that speaks out of turn, or nonsense, is hung up on", "[link]") {
    Pair p;
    Echo one("1");
    p.open(one);
    p.peer.say("+1\r\n+2\r\n");
    CHECK(p.told.take() ==
          Words{"answered 1", "closed: PROTOCOL a reply came that nobody asked for"});
    p.link.send(one);
    p.peer.accept();
    p.peer.say("what?\r\n");
    REQUIRE(p.told.lines.size() == 2);
    CHECK(p.told.lines[1].starts_with("lost: PROTOCOL "));
}

TEST_CASE("what the server pushes is the answer to nobody, unless it is said to be", "[link]") {
    Pair p;
    Echo one("1");
    p.open(one);
    p.peer.say(">1\r\n+news\r\n");
    CHECK(p.told.take() == Words{"pushed"});
    p.peer.say(">2\r\n+subscribe\r\n+x\r\n");
    CHECK(p.told.take() == Words{"pushed", "answered "});
}

TEST_CASE("whoever is told of an answer may drop the link, and use it again", "[link]") {
    Pair p;
    Echo one("1"), two("2"), three("3");
    p.open(one);
    p.link.send(two);
    p.link.flush();
    p.told.then = [&] {
        p.link.drop("enough");
        p.link.send(three);
    };
    p.peer.say("+1\r\n+2\r\n");
    CHECK(p.told.take() == Words{"answered 1", "closed: enough", "lost, sent: enough"});
    CHECK(p.peer.connections == 2);
    p.peer.accept();
    p.peer.say("%0\r\n+OK\r\n");
    p.link.flush();
    CHECK(p.peer.requests().back() == Words{"ECHO", "3"});
}

TEST_CASE("who is told of one loss cannot give up another: its end is on its way", "[link]") {
    Pair p;
    Echo one("1"), two("2");
    p.open(one);
    p.link.send(two);
    p.link.flush();
    p.told.then = [&] { CHECK(two.link == nullptr); };
    p.peer.end("reset");
    CHECK(p.told.take() == Words{"closed: reset", "lost, sent: reset", "lost, sent: reset"});
}

TEST_CASE("one request at a time is timed, from its flush to its answer", "[link]") {
    Pair p;
    Echo one("1"), two("2"), three("3");
    p.open(one);
    p.peer.time += 5ms;
    p.link.send(two);
    p.link.flush();
    p.peer.time += 2ms;
    p.peer.say("+1\r\n");
    CHECK(p.told.lasted == std::vector<Duration>{7ms});
    p.link.send(three);
    p.link.flush();
    p.peer.time += 3ms;
    p.peer.say("+2\r\n+3\r\n");
    CHECK(p.told.lasted == std::vector<Duration>{7ms, 3ms});
}

TEST_CASE("a link that owes something knows since when it has been silent", "[link]") {
    Pair p;
    Echo one("1"), two("2");
    CHECK_FALSE(p.link.silent_since());
    const Instant begin = p.peer.time;
    p.link.send(one);
    p.peer.time += 10ms;
    CHECK(p.link.silent_since() == begin);
    p.link.give_up_connecting(10ms);
    CHECK(p.told.take() ==
          Words{"not opened: no connection within 10 ms", "lost: no connection within 10 ms"});
    CHECK_FALSE(p.link.silent_since());
    p.peer.time += 10ms;
    p.open(one);
    p.peer.time += 10ms;
    p.peer.say("+1\r\n");
    CHECK_FALSE(p.link.silent_since());
    p.peer.time += 10ms;
    p.link.send(two);
    CHECK(p.link.silent_since() == p.peer.time);
}
