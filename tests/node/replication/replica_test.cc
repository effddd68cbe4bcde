#include "node/replication/replica.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::replication;

namespace {

const std::string mark(40, 'm');

// A replica's connection and the test at its other end, on one loop.
class Wire {
public:
    explicit Wire(Greeting greeting = {}) {
        int ends[2];
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
        other_ = ends[1];
        replica_.emplace(loop_, ends[0], std::move(greeting), SyncRequest{.named = true},
                         Replica::Events{.confirmed = [this] { ++confirmations; },
                                         .moved = [] {},
                                         .gone = [this](const std::string& why) { gone = why; }});
    }
    ~Wire() { ::close(other_); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    Replica& replica() { return *replica_; }
    journal::Backlog& backlog() { return backlog_; }

    void say(std::string_view bytes) {
        REQUIRE(::write(other_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        turn();
    }
    std::string heard() {
        std::string all;
        char buffer[64 * 1024];
        for (turn();; turn()) {
            const auto count = ::read(other_, buffer, sizeof buffer);
            if (count <= 0) return all;
            all.append(buffer, static_cast<std::size_t>(count));
        }
    }

    int confirmations = 0;
    std::string gone;

private:
    // Lets the loop see what there is to see.
    void turn() {
        for (int i = 0; i < 3; ++i) {
            loop_.stop();
            loop_.run();
        }
    }

    io::Loop loop_;
    journal::Backlog backlog_{1 << 20};
    int other_ = -1;
    std::optional<Replica> replica_;
};

std::string ack(Offset offset) {
    const auto text = std::to_string(offset);
    return "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$" + std::to_string(text.size()) + "\r\n" + text +
           "\r\n";
}

std::shared_ptr<persistence::Spool> make_spool() {
    return std::make_shared<persistence::Spool>(1 << 20, "/tmp");
}

}  // namespace

TEST_CASE("a replica that goes on gets the stream from where it was", "[replication]") {
    Wire wire;
    wire.backlog().append("0123456789");

    wire.replica().go_on("+CONTINUE\r\n", wire.backlog(), 4);
    CHECK(wire.heard() == "+CONTINUE\r\n456789");
    wire.backlog().append("more");
    wire.replica().pump();

    CHECK(wire.heard() == "more");
    CHECK(wire.replica().online());
}

TEST_CASE("a payload of unknown size is sent as it grows, the stream after a sign of life",
          "[replication]") {
    Wire wire;
    wire.backlog().append("before");
    const auto spool = make_spool();

    wire.replica().begin_payload("+FULLRESYNC\r\n", wire.backlog(), 6, spool, mark);
    REQUIRE(spool->append("first "));
    wire.replica().pump();
    CHECK(wire.heard() == "+FULLRESYNC\r\n$EOF:" + mark + "\r\nfirst ");

    REQUIRE(spool->append("last"));
    spool->finish();
    wire.backlog().append("stream");
    wire.replica().pump();
    CHECK(wire.heard() == "last" + mark);
    CHECK(std::string(wire.replica().status().state) == "online");

    wire.say(ack(6));
    CHECK(wire.heard() == "stream");
}

TEST_CASE("a payload of known size waits until it is whole", "[replication]") {
    Wire wire;
    const auto spool = make_spool();
    wire.replica().begin_payload("", wire.backlog(), 0, spool, "");
    REQUIRE(spool->append("01234"));
    wire.replica().pump();
    wire.replica().keep_alive();
    CHECK(wire.heard() == "\n");

    REQUIRE(spool->append("56789"));
    spool->finish();
    wire.backlog().append("stream");
    wire.replica().pump();

    CHECK(wire.heard() == "$10\r\n0123456789stream");
}

TEST_CASE("a backup gets a payload and no stream", "[replication]") {
    Wire wire({.reads_eof_mark = true, .payload_only = true});
    const auto spool = make_spool();
    wire.replica().begin_payload("", wire.backlog(), 0, spool, mark);
    REQUIRE(spool->append("data"));
    spool->finish();
    wire.backlog().append("stream");

    wire.replica().pump();
    wire.say(ack(0));

    CHECK(wire.heard() == "$EOF:" + mark + "\r\ndata" + mark);
}

TEST_CASE("a replica confirms what it was sent, and no more", "[replication]") {
    Wire wire;
    wire.backlog().append("0123456789");
    wire.replica().go_on("", wire.backlog(), 2);

    wire.say(ack(7));
    CHECK(wire.replica().confirmed() == 7);
    wire.say(ack(5));
    CHECK(wire.replica().confirmed() == 7);
    wire.say(ack(1'000'000));

    CHECK(wire.replica().confirmed() == 10);
    CHECK(wire.confirmations == 3);
}

TEST_CASE("a replica that sends no requests is given up", "[replication]") {
    Wire wire;

    wire.say("*1\r\n:7\r\n");

    CHECK(wire.gone.find("expected '$'") != std::string::npos);
}
