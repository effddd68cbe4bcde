#include "node/bus/links.h"

#include <catch2/catch.hpp>
#include <functional>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "gossip/codec.h"
#include "gossip/packing.h"

using namespace grapevine;
using namespace grapevine::node;
using gossip::LinkEvent;
using gossip::LinkId;

namespace {

gossip::Message message_of(const gossip::Body& body, std::uint16_t capabilities = 0) {
    gossip::Header header;
    header.sender = *slots::NodeId::parse(std::string(40, 'a'));
    header.capabilities = capabilities;
    return {header, body};
}

std::string frame_of(const gossip::Body& body) {
    const auto bytes = gossip::encode(message_of(body));
    return {bytes.begin(), bytes.end()};
}

// Remembers what happened.
class Recorder final : public bus::LinksListener {
public:
    LinkId link_accepted(std::string, std::string) override { return {++last}; }
    void link_changed(LinkId link, LinkEvent event) override {
        events[link] = event;
        if (on_change) on_change();
    }
    bool message_received(LinkId link, const gossip::Message&) override {
        heard.push_back(link);
        return knows_sender;
    }
    void link_refused(const std::string&, const std::string& reason) override {
        refusals.push_back(reason);
    }

    std::uint64_t last = 0;
    bool knows_sender = true;
    std::map<LinkId, LinkEvent> events;
    std::function<void()> on_change;
    std::vector<LinkId> heard;
    std::vector<std::string> refusals;
};

// Links on a loop, with peers at the other ends of socket pairs.
struct Fixture {
    explicit Fixture(bus::LinkLimits limits = {}, bus::Trust trust = {})
        : links(loop, recorder, limits, std::move(trust)) {}
    ~Fixture() {
        for (const int peer : peers) ::close(peer);
    }

    // Gives the loop a few turns, each of which sees what is ready.
    void turn() {
        for (int i = 0; i < 4; ++i) {
            loop.stop();
            loop.run();
        }
    }
    int accept() {
        int ends[2];
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        links.accept(ends[0]);
        peers.push_back(ends[1]);
        return ends[1];
    }
    static void say(int peer, const std::string& bytes) {
        REQUIRE(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()));
    }

    static void say(int peer, const bus::Frame& frame) {
        say(peer, std::string(frame.begin(), frame.end()));
    }
    static bus::Frame heard_by(int peer) {
        bus::Frame bytes(1u << 16);
        const auto count = ::recv(peer, bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }

    io::Loop loop;
    Recorder recorder;
    bus::Links links;
    std::vector<int> peers;
};

}  // namespace

TEST_CASE("messages are heard in the order in which they were said", "[bus]") {
    Fixture fixture;
    const int first = fixture.accept();
    const int second = fixture.accept();

    fixture.say(first, frame_of(gossip::Heartbeat{}) + frame_of(gossip::Update{}));
    fixture.turn();
    fixture.say(second, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    CHECK(fixture.recorder.heard == std::vector<LinkId>{{1}, {1}, {2}});
}

TEST_CASE("a peer is sent packed frames once it has said that it reads them", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();
    gossip::Packer packer;
    gossip::Unpacker unpacker;
    const auto heartbeat =
        message_of(gossip::Heartbeat{}, gossip::knows_grapevine | gossip::reads_packed_frames);

    fixture.links.send({1}, heartbeat);
    const auto whole = fixture.heard_by(peer);
    CHECK(whole == gossip::encode(heartbeat));
    REQUIRE(unpacker.unpack(whole));

    fixture.say(peer, packer.pack(gossip::encode(heartbeat), true));
    fixture.turn();
    fixture.links.send({1}, heartbeat);
    const auto packed = fixture.heard_by(peer);

    CHECK(fixture.recorder.heard.size() == 1);
    CHECK(packed.size() < 64);
    const auto unpacked = unpacker.unpack(packed);
    REQUIRE(unpacked);
    CHECK(*unpacked == whole);

    fixture.say(peer, frame_of(gossip::Heartbeat{}));  // As from a Redis.
    fixture.turn();
    fixture.links.send({1}, heartbeat);
    CHECK(fixture.heard_by(peer) == whole);
}

TEST_CASE("a link on which a packed frame makes no sense is closed", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();
    gossip::Packer packer;
    const auto frame = gossip::encode(message_of(gossip::Heartbeat{}));
    (void)packer.pack(frame, true);

    fixture.say(peer, packer.pack(frame, true));  // Its predecessor was never said here.
    fixture.turn();

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
    REQUIRE(fixture.recorder.refusals.size() == 1);
    CHECK(fixture.recorder.refusals[0].find("the frame before") != std::string::npos);
}

TEST_CASE("a link on which nonsense comes is closed", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();

    fixture.say(peer, "GET / HTTP/1.1\r\n");
    fixture.turn();

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
    CHECK(fixture.recorder.refusals.size() == 1);
    char byte = 0;
    CHECK(::recv(peer, &byte, 1, 0) == 0);
}

TEST_CASE("the end of a link is told", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();

    ::shutdown(peer, SHUT_RDWR);
    fixture.turn();

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
    CHECK(fixture.recorder.refusals.empty());
}

TEST_CASE("a link that we close is not told about", "[bus]") {
    Fixture fixture;
    fixture.accept();

    fixture.links.close({1});
    fixture.turn();

    CHECK(fixture.recorder.events.empty());
}

TEST_CASE("when too many strangers connect, the oldest has to go", "[bus]") {
    Fixture fixture({.strangers = 2});
    const int known = fixture.accept();
    fixture.say(known, frame_of(gossip::Heartbeat{}));
    fixture.turn();
    fixture.accept();
    fixture.accept();

    fixture.accept();

    CHECK(fixture.recorder.events.size() == 1);
    CHECK(fixture.recorder.events[{2}] == LinkEvent::closed);
}

TEST_CASE("a stranger who stays a stranger is sent away", "[bus]") {
    Fixture fixture({.stranger_age = gossip::Duration{-1}});
    fixture.recorder.knows_sender = false;
    const int peer = fixture.accept();
    fixture.say(peer, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    fixture.links.sweep();

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
}

TEST_CASE("a stranger may not announce a large message, a known node may", "[bus]") {
    Fixture fixture;
    const gossip::Publish large{"news", std::string(2u << 20, 'x'), false};
    const std::string start = frame_of(large).substr(0, 100);
    const int stranger = fixture.accept();
    const int known = fixture.accept();
    fixture.say(known, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    fixture.say(stranger, start);
    fixture.say(known, start);
    fixture.turn();

    CHECK(fixture.recorder.events.size() == 1);
    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
}

TEST_CASE("a peer that does not read loses its link", "[bus]") {
    Fixture fixture({.unsent_bytes = 1u << 20});
    const int peer = fixture.accept();
    fixture.say(peer, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    const gossip::Message message{{}, gossip::Publish{"news", std::string(4u << 20, 'x'), false}};
    fixture.links.send({1}, message);
    CHECK(fixture.recorder.events.empty());
    fixture.turn();

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
    CHECK(fixture.links.cut() == 1);
}

TEST_CASE("while the bus does not read, nothing is heard and nothing is lost", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();

    fixture.links.read_on(false);
    fixture.say(peer, frame_of(gossip::Heartbeat{}));
    fixture.turn();
    CHECK(fixture.recorder.heard.empty());

    fixture.links.read_on(true);
    fixture.turn();
    CHECK(fixture.recorder.heard.size() == 1);
}

TEST_CASE("with a key, a peer is heard after it has proved that it has it", "[bus]") {
    const bus::Trust trust{bus::Key("the key of the cluster"), {}, {}};
    Fixture fixture({}, trust);
    const int peer = fixture.accept();
    bus::Guard guard(trust, bus::Guard::Side::caller, "10.0.0.1", bus::fresh_nonce());

    fixture.say(peer, *guard.greeting());
    fixture.turn();
    REQUIRE(guard.hear(fixture.heard_by(peer)));
    const auto heartbeat = frame_of(gossip::Heartbeat{});
    fixture.say(peer, *guard.sealed({heartbeat.begin(), heartbeat.end()}));
    fixture.turn();
    fixture.links.send({1}, {{}, gossip::Heartbeat{}});

    CHECK(fixture.recorder.heard.size() == 1);
    CHECK(guard.hear(fixture.heard_by(peer))->is_message);
    CHECK(fixture.links.count(bus::Guard::Standing::current_key) == 1);
}

TEST_CASE("with a key, a peer without it is sent away and not heard", "[bus]") {
    Fixture fixture({}, {bus::Key("the key of the cluster"), {}, {}});
    const int peer = fixture.accept();

    fixture.say(peer, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    CHECK(fixture.recorder.heard.empty());
    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
    CHECK(fixture.links.refused() == 1);
}

TEST_CASE("links without a key end when one is set", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();
    fixture.say(peer, frame_of(gossip::Heartbeat{}));
    fixture.turn();

    fixture.links.set_trust({bus::Key("the key of the cluster"), {}, {}});

    CHECK(fixture.recorder.events[{1}] == LinkEvent::closed);
}

TEST_CASE("when the key is another, nothing more is said on any link of the one before", "[bus]") {
    const std::optional<bus::Key> none;
    const std::optional<bus::Key> one = bus::Key("the key of the cluster");
    const std::optional<bus::Key> other = bus::Key("the key of another one");
    const auto [before, after] =
        GENERATE_COPY(std::pair{one, other}, std::pair{one, none}, std::pair{none, one});
    const bus::Trust trust{before, {}, {}};
    Fixture fixture({}, trust);
    const std::vector<int> peers{fixture.accept(), fixture.accept()};
    for (const int peer : peers) {
        bus::Guard guard(trust, bus::Guard::Side::caller, "10.0.0.1", bus::fresh_nonce());
        if (const auto hello = guard.greeting()) fixture.say(peer, *hello);
        fixture.turn();
        (void)fixture.heard_by(peer);
    }
    fixture.recorder.on_change = [&] {  // As a node that has to hear from its peer again.
        for (const LinkId id : {LinkId{1}, LinkId{2}}) {
            fixture.links.send(id, message_of(gossip::Heartbeat{}));
        }
    };

    fixture.links.set_trust({after, {}, {}});

    for (const int peer : peers) CHECK(fixture.heard_by(peer).empty());
    CHECK(fixture.recorder.events ==
          std::map<LinkId, LinkEvent>{{{1}, LinkEvent::closed}, {{2}, LinkEvent::closed}});
    CHECK(fixture.links.refused() == 2);
}

TEST_CASE("a call that began without a key is not answered without one", "[bus]") {
    Fixture fixture;
    fixture.links.connect({{7}, "127.0.0.1", 1});

    fixture.links.set_trust({bus::Key("the key of the cluster"), {}, {}});

    CHECK(fixture.recorder.events[{7}] == LinkEvent::failed);
    fixture.turn();
}

TEST_CASE("before the process dies, its peers see the links end", "[bus]") {
    Fixture fixture;
    const int peer = fixture.accept();

    bus::shut_bus_sockets();

    char byte = 0;
    CHECK(::recv(peer, &byte, 1, 0) == 0);
}
