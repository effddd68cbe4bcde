#include "node/replication/follower.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::node::replication;

namespace {

const std::string id_a(40, 'a');
const std::string id_b(40, 'b');
const std::string mark(40, 'f');

// What a replica heard, with the bytes of one kind joined.
struct Told {
    std::string said;
    std::string payload;
    std::string stream;
    std::string sync;  // "full <id> <offset>" or "continue <id>"
    int ends = 0;
    std::string error;
    std::string history;  // "<former id> <last byte shared>", or "unknown".
    bool operator==(const Told&) const = default;
};

void note(const Say& say, Told& told) {
    told.said += say.bytes;
}
void note(const History& history, Told& told) {
    told.history = history.formers.empty() ? "unknown" : "";
    for (const auto& former : history.formers) {
        told.history += std::string(former.id.text()) + ' ' + std::to_string(former.shared);
    }
}
void note(const FullSync& sync, Told& told) {
    told.sync = "full " + std::string(sync.id.text()) + ' ' + std::to_string(sync.offset);
}
void note(const Payload& payload, Told& told) {
    told.payload += payload.bytes;
}
void note(const PayloadEnd&, Told& told) {
    ++told.ends;
}
void note(const Continue& go_on, Told& told) {
    told.sync = "continue " + std::string(go_on.id.text());
}
void note(const StreamBytes& stream, Told& told) {
    told.stream += stream.bytes;
}
void note(const Failed& failed, Told& told) {
    told.error = failed.error.text;
}

Told hear_in_pieces(Follower& follower, std::string_view bytes, std::size_t piece) {
    Told told;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        for (const auto& heard : follower.receive(bytes.substr(0, piece))) {
            std::visit([&](const auto& what) { note(what, told); }, heard);
        }
    }
    return told;
}

Told hear(Follower& follower, std::string_view bytes) {
    return hear_in_pieces(follower, bytes, bytes.size());
}

std::string full_resync() {
    return "+FULLRESYNC " + id_a + " 1234\r\n";
}

// A replica that has introduced itself and asked for data.
Follower asking(const Introduction& self = {.port = 6380}) {
    Follower follower(self);
    hear(follower, "+PONG\r\n");
    hear(follower, "+OK\r\n+OK\r\n");
    return follower;
}

}  // namespace

TEST_CASE("a replica introduces itself before it asks for data", "[replication]") {
    Follower follower({.port = 6380, .address = "10.0.0.2", .user = "", .password = "secret"});
    CHECK(follower.hello() == "*1\r\n$4\r\nPING\r\n");

    const auto introduced = hear(follower, "-NOAUTH Authentication required.\r\n");
    CHECK(introduced.said.find("AUTH") != std::string::npos);
    CHECK(introduced.said.find("listening-port\r\n$4\r\n6380") != std::string::npos);
    CHECK(introduced.said.find("10.0.0.2") != std::string::npos);
    CHECK(introduced.said.find("psync2") != std::string::npos);

    CHECK(hear(follower, "+OK\r\n+OK\r\n+OK\r\n").said.empty());
    CHECK(hear(follower, "-ERR Unrecognized REPLCONF option: ip-address\r\n").said ==
          "*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n");
}

TEST_CASE("a replica with data asks for the first byte that it lacks", "[replication]") {
    Follower follower({.port = 1, .id = *ReplicationId::parse(id_a), .offset = 99});
    hear(follower, "+PONG\r\n");

    const auto asked = hear(follower, "+OK\r\n+OK\r\n");

    CHECK(asked.said == "*3\r\n$5\r\nPSYNC\r\n$40\r\n" + id_a + "\r\n$3\r\n100\r\n");
}

TEST_CASE("a payload of known size is followed by the stream", "[replication]") {
    const std::string talk = full_resync() + "\n\n$10\r\n0123456789*1\r\n$4\r\nPING\r\n";
    const Told expected{"", "0123456789", "*1\r\n$4\r\nPING\r\n", "full " + id_a + " 1234", 1, "",
                        ""};

    for (const std::size_t piece : {1u, 2u, 7u, 1000u}) {
        auto follower = asking();
        CHECK(hear_in_pieces(follower, talk, piece) == expected);
    }
}

TEST_CASE("a payload of unknown size ends with its mark", "[replication]") {
    const std::string data = "some data ffff and more" + mark.substr(1);
    const std::string talk = full_resync() + "$EOF:" + mark + "\r\n" + data + "x" + mark + "stream";
    const Told expected{"", data + "x", "stream", "full " + id_a + " 1234", 1, "", ""};

    for (const std::size_t piece : {1u, 3u, 39u, 40u, 41u, 1000u}) {
        auto follower = asking();
        CHECK(hear_in_pieces(follower, talk, piece) == expected);
    }
}

TEST_CASE("a replica goes on where it was cut off", "[replication]") {
    Introduction self{.port = 1, .id = *ReplicationId::parse(id_a), .offset = 99};
    auto same = asking(self);
    auto renamed = asking(self);

    CHECK(hear(same, "+CONTINUE\r\nbytes").sync == "continue " + id_a);
    const auto told = hear(renamed, "+CONTINUE " + id_b + "\r\nbytes");

    CHECK(told.sync == "continue " + id_b);
    CHECK(told.stream == "bytes");
    CHECK(hear(renamed, "more").stream == "more");
}

TEST_CASE("a replica that has nothing cannot be told to go on", "[replication]") {
    auto follower = asking();

    CHECK(hear(follower, "+CONTINUE\r\n").error.find("+CONTINUE") != std::string::npos);
}

TEST_CASE("a replica gives up on an answer that it does not understand", "[replication]") {
    const auto error_of = [](std::string_view answer) {
        auto follower = asking();
        return hear(follower, answer).error;
    };

    CHECK(error_of("-NOMASTERLINK Can't SYNC\r\n").find("NOMASTERLINK") != std::string::npos);
    CHECK_FALSE(error_of("+FULLRESYNC short 12\r\n").empty());
    CHECK_FALSE(error_of("+FULLRESYNC " + id_a + " -12\r\n").empty());
    CHECK_FALSE(error_of(full_resync() + "hello\r\n").empty());
    CHECK_FALSE(error_of(full_resync() + "$EOF:short\r\n").empty());
    CHECK_FALSE(error_of(full_resync() + "$99999999999999999999999\r\n").empty());
    CHECK_FALSE(error_of(std::string(100'000, 'x')).empty());
    Follower refused({.password = "wrong"});
    CHECK(hear(refused, "+PONG\r\n-WRONGPASS no\r\n").error.find("WRONGPASS") != std::string::npos);
    Follower busy({});
    CHECK_FALSE(hear(busy, "-LOADING not yet\r\n").error.empty());
}

TEST_CASE("whoever had data of the shard asks for the fork before it asks for data",
          "[replication]") {
    const std::string text = "# Replication\r\nmaster_replid2:" + id_a +
                             "\r\nsecond_repl_offset:8\r\nrepl_backlog_active:1\r\n";
    const std::string answer = "+PONG\r\n+OK\r\n+OK\r\n$" + std::to_string(text.size()) + "\r\n" +
                               text + "\r\n+CONTINUE\r\n";
    Follower whole({.id = *ReplicationId::parse(id_a), .offset = 7, .inquires = true});
    Follower pieces({.id = *ReplicationId::parse(id_a), .offset = 7, .inquires = true});

    const Told told = hear(whole, answer);

    CHECK(told.history == id_a + " 7");
    CHECK(told.sync == "continue " + id_a);
    CHECK(told.said.find("INFO") < told.said.find("PSYNC"));
    CHECK(hear_in_pieces(pieces, answer, 1) == told);
}

TEST_CASE("a primary that does not tell its history is asked for data all the same",
          "[replication]") {
    Follower follower({.id = *ReplicationId::parse(id_a), .offset = 7, .inquires = true});

    const Told told = hear(follower, "+PONG\r\n+OK\r\n+OK\r\n-NOPERM no\r\n+CONTINUE\r\n");

    CHECK(told.history == "unknown");
    CHECK(told.sync == "continue " + id_a);
}
