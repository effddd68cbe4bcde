// A client and a server in one process: what the wire carries is what the test lets through.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "tests/client/io/peer.h"

using namespace grapevine::client::io::test;
using grapevine::client::Tls;
using grapevine::client::io::TlsContext;
using grapevine::client::io::TlsSession;
using State = TlsSession::State;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct World {
    Folder folder;
    Identity authority = new_authority("the authority");
    Tls settings{.ca_file = folder.file("ca.pem", pem_of(*authority.certificate))};

    std::shared_ptr<TlsContext> context() const {
        auto made = TlsContext::make(settings);
        REQUIRE(made);
        return *made;
    }
    // What becomes of a client that connects to `host` where `server` answers.
    State meet(Server& server, const std::string& host, std::string* reason = nullptr) const {
        const auto shared = context();
        TlsSession client(*shared, host, 7001);
        server.accept();
        carry(client, server);
        if (reason != nullptr) *reason = client.reason();
        return client.state();
    }
};

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

}  // namespace

TEST_CASE("what one end writes the other end reads", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node});
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1} << 20);

    carry(client, server, piece);
    REQUIRE(client.state() == State::open);
    client.write(pattern(100'000));
    CHECK(carry(client, server, piece).empty());
    CHECK(server.received() == pattern(100'000));
    server.write(pattern(70'000));
    CHECK(carry(client, server, piece) == pattern(70'000));
    CHECK(server.name_asked_for() == "localhost");
}

TEST_CASE("nothing is said in the clear", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node});
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    client.write("too early");
    carry(client, server);

    client.write("a secret");

    CHECK(client.output().find("secret") == std::string::npos);
    carry(client, server);
    CHECK(server.received() == "a secret");
}

TEST_CASE("a certificate of somebody else's authority is not accepted", "[tls]") {
    World world;
    const Identity other = new_authority("another");
    const Identity node = issued_by(other);
    Server server({.identity = &node});
    std::string reason;

    CHECK(world.meet(server, "localhost", &reason) == State::failed);

    CHECK_THAT(reason,
               StartsWith("TLS the certificate of CN = node is not accepted: unable to get"));
    CHECK_THAT(server.complaint(), Contains("unknown ca"));  // It was told.
    world.settings.verify_peer = false;
    CHECK(world.meet(server, "localhost") == State::open);
}

TEST_CASE("the name has to be one of the certificate's", "[tls]") {
    World world;
    const Identity node =
        issued_by(world.authority, {.names = "DNS:*.nodes.example,DNS:db,IP:::1"});
    Server server({.identity = &node});
    std::string reason;

    CHECK(world.meet(server, "a.nodes.example") == State::open);
    CHECK(world.meet(server, "db") == State::open);
    CHECK(world.meet(server, "::1") == State::open);
    CHECK(world.meet(server, "b.a.nodes.example") == State::failed);
    CHECK(world.meet(server, "127.0.0.1") == State::failed);
    CHECK(world.meet(server, "localhost", &reason) == State::failed);
    CHECK(reason ==
          "TLS the server's certificate is for DNS:*.nodes.example, DNS:db, IP "
          "Address:0:0:0:0:0:0:0:1 "
          "and not for localhost");
    world.settings.server_name = "db";
    CHECK(world.meet(server, "127.0.0.1") == State::open);
    CHECK(server.name_asked_for() == "db");
    world.settings.server_name = "other";
    CHECK(world.meet(server, "db") == State::failed);
    world.settings.verify_name = false;
    CHECK(world.meet(server, "db") == State::open);
}

TEST_CASE("a certificate without a list of names is taken at its common name", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority, {.common_name = "cache", .names = ""});
    Server server({.identity = &node});
    std::string reason;

    CHECK(world.meet(server, "cache") == State::open);
    CHECK(world.meet(server, "127.0.0.1", &reason) == State::failed);
    CHECK(reason == "TLS the server's certificate is for CN = cache and not for 127.0.0.1");
}

TEST_CASE("what a certificate says is shown without what would upset a terminal", "[tls]") {
    const World world;
    const Identity other = new_authority("another");
    const Identity node =
        issued_by(other, {.common_name = "a\x1b[2J" + std::string(50, 'x'), .names = ""});
    Server server({.identity = &node});
    std::string reason;

    CHECK(world.meet(server, "localhost", &reason) == State::failed);

    CHECK(std::all_of(reason.begin(), reason.end(), [](char c) { return c >= 32 && c < 127; }));
}

TEST_CASE("a certificate is accepted at its time only", "[tls]") {
    const World world;
    const Identity old = issued_by(world.authority, {.valid_from = -200, .valid_until = -100});
    const Identity young = issued_by(world.authority, {.valid_from = 1000});
    Server late({.identity = &old});
    Server early({.identity = &young});
    std::string reason;

    CHECK(world.meet(late, "localhost", &reason) == State::failed);
    CHECK_THAT(reason, Contains("certificate has expired on "));
    CHECK(world.meet(early, "localhost", &reason) == State::failed);
    CHECK_THAT(reason, Contains("certificate is not yet valid before "));
}

TEST_CASE("a server that wants to know us gets our certificate", "[tls]") {
    World world;
    const Identity node = issued_by(world.authority);
    const Identity ours = issued_by(world.authority, {.common_name = "client", .names = ""});
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    Server server(
        {.identity = &node, .clients_authority = &world.authority, .highest_version = version});
    std::string reason;

    CHECK(world.meet(server, "localhost", &reason) == State::failed);
    CHECK_THAT(reason, StartsWith("TLS the server refused: "));
    CHECK_THAT(reason, Contains(version == TLS1_3_VERSION ? "see Tls::certificate_file"
                                                          : "handshake failure"));
    world.settings.certificate_file =
        world.folder.file("client.pem", pem_of(*ours.certificate) + pem_of(*ours.key));
    CHECK(world.meet(server, "localhost") == State::open);
}

TEST_CASE("versions that are too old are not spoken", "[tls]") {
    World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node, .highest_version = TLS1_2_VERSION});
    Server ancient({.identity = &node, .highest_version = TLS1_1_VERSION});
    std::string reason;

    CHECK(world.meet(server, "localhost") == State::open);
    CHECK(world.meet(ancient, "localhost") == State::failed);
    world.settings.lowest_version = Tls::Version::tls_1_3;
    CHECK(world.meet(server, "localhost", &reason) == State::failed);
    CHECK_THAT(reason, Contains("protocol version"));
}

TEST_CASE("a server that speaks no TLS is recognised", "[tls]") {
    const World world;
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    client.shake_hands();

    hear(client, "-ERR unknown command\r\n");

    CHECK(client.state() == State::failed);
    CHECK(client.reason() ==
          "TLS the server does not speak TLS at this port: it answered in plain text");
}

TEST_CASE("the end of a connection is heard after what came before it", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node});
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    carry(client, server);
    server.write("last words");
    server.say_end();

    CHECK(carry(client, server) == "last words");
    CHECK(client.state() == State::closed);
    CHECK_FALSE(server.was_told_the_end());
    client.close();
    carry(client, server);
    CHECK(server.was_told_the_end());
}

TEST_CASE("who is cut off before the end says where", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node});
    const auto context = world.context();
    TlsSession early(*context, "localhost", 7001);
    early.shake_hands();
    server.feed(early.output());
    server.work();
    hear(early, server.take().substr(0, 300));
    CHECK(early.state() == State::shaking_hands);
    CHECK(early.cut_off("reset") == "TLS the handshake was cut off: reset");

    server.accept();
    TlsSession late(*context, "localhost", 7001);
    carry(late, server);
    server.write("never seen whole");
    CHECK(hear(late, server.take().substr(0, 20)).empty());
    CHECK(late.state() == State::open);
    CHECK(late.cut_off("reset") == "reset, without the end that TLS asks for");
}

TEST_CASE("a session is taken up again where it was negotiated", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    Server server({.identity = &node, .highest_version = version});
    const auto context = world.context();
    const auto resumed = [&](std::uint16_t port) {
        server.accept();
        TlsSession client(*context, "localhost", port);
        carry(client, server);
        REQUIRE(client.state() == State::open);
        return server.resumed();
    };

    CHECK_FALSE(resumed(7001));
    CHECK(resumed(7001));  // Although nobody said goodbye.
    CHECK(resumed(7001));
    CHECK_FALSE(resumed(7002));

    Server restarted({.identity = &node, .highest_version = version});  // Has other secrets.
    TlsSession client(*context, "localhost", 7001);
    carry(client, restarted);
    CHECK(client.state() == State::open);
    CHECK_FALSE(restarted.resumed());
}

TEST_CASE("a resumed session does not make a stranger a friend", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    const Identity other = new_authority("another");
    const Identity stranger = issued_by(other);
    Server server({.identity = &node});
    const auto context = world.context();
    {
        TlsSession client(*context, "localhost", 7001);
        carry(client, server);
    }
    Server impostor({.identity = &stranger});
    TlsSession client(*context, "localhost", 7001);

    carry(client, impostor);

    CHECK(client.state() == State::failed);
}

TEST_CASE("keys are renewed in the middle of a conversation", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node});
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    carry(client, server);
    for (int i = 0; i < 100; ++i) {
        server.renew_keys();
        server.write("x");
        CHECK(carry(client, server) == "x");
        client.write("y");
        carry(client, server);
    }
    CHECK(server.received() == std::string(100, 'y'));
    CHECK(server.complaint().empty());
}

TEST_CASE("nobody renegotiates", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    Server server({.identity = &node, .highest_version = TLS1_2_VERSION});
    const auto context = world.context();
    TlsSession client(*context, "localhost", 7001);
    carry(client, server);
    server.write("before");
    server.renegotiate();

    CHECK(hear(client, server.take()) == "before");

    CHECK(client.state() == State::open);
    CHECK_FALSE(client.output().empty());  // It says that it does not want to.
}

TEST_CASE("bytes that were changed on the way end the connection and nothing else", "[tls]") {
    const World world;
    const Identity node = issued_by(world.authority);
    const auto context = world.context();
    std::mt19937 random(GENERATE(range(1u, 60u)));
    const auto below = [&](std::size_t n) { return random() % n; };
    Server server(
        {.identity = &node, .highest_version = below(2) == 0 ? TLS1_2_VERSION : TLS1_3_VERSION});
    TlsSession client(*context, "localhost", 7001);
    const std::size_t spoilt_turn = below(4);
    std::string heard;
    for (std::size_t turn = 0; turn < 6; ++turn) {
        client.shake_hands();
        server.feed(std::exchange(client.output(), {}));
        server.work();
        if (client.state() == State::open) server.write("true words");
        std::string wire = server.take();
        if (turn >= spoilt_turn && !wire.empty()) {
            const std::size_t at = below(wire.size());
            switch (below(4)) {
                case 0:
                    wire[at] = static_cast<char>(random());
                    break;
                case 1:
                    wire.erase(at, 1 + below(40));
                    break;
                case 2:
                    wire.insert(at, std::string(1 + below(40), static_cast<char>(random())));
                    break;
                default:
                    std::generate(wire.begin() + static_cast<long>(at), wire.end(), random);
            }
        }
        const std::size_t piece = 1 + below(wire.size() + 1);
        for (std::size_t from = 0; from < wire.size(); from += piece)
            heard += hear(client, std::string_view(wire).substr(from, piece));
    }
    for (std::size_t at = 0; at < heard.size(); at += 10)
        CHECK(heard.substr(at, 10) == "true words");
    client.close();
}
