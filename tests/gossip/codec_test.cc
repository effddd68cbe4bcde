// The bytes on the wire: offsets as Redis 7.0 has them, and bytes that no node should ever send.
#include "gossip/codec.h"

#include <catch2/catch.hpp>

#include "gossip/random.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

const NodeId alice = *NodeId::parse(std::string(40, 'a'));
const NodeId bob = *NodeId::parse(std::string(40, 'b'));

Message filled(Body body) {
    Message message;
    message.header.sender = alice;
    message.header.current_epoch = 0x0102030405060708;
    message.header.config_epoch = 7;
    message.header.offset = 99;
    message.header.slots.insert(slots::Slot{9});
    message.header.primary = bob;
    message.header.host = "10.0.0.1";
    message.header.port = 7001;
    message.header.secondary_port = 7101;
    message.header.bus_port = 17001;
    message.header.flags = flag_replica;
    message.header.serving = false;
    message.header.paused = message.header.extensible = true;
    message.header.capabilities = knows_grapevine;
    message.header.process = 0x0a0b0c0d0e0f;
    message.body = std::move(body);
    return message;
}

Heartbeat heartbeat() {
    Heartbeat heartbeat;
    heartbeat.kind = Heartbeat::Kind::pong;
    heartbeat.rumours.push_back({bob, "10.0.0.2", 7002, 0, 17002, flag_primary | flag_failed});
    heartbeat.extensions.hostname = "grape.example";
    heartbeat.extensions.shard = *ShardId::parse(std::string(40, 'c'));
    heartbeat.extensions.forgotten.push_back({bob, 60});
    return heartbeat;
}

std::vector<Message> one_of_each() {
    SlotSet slots;
    slots.insert({{0}, {5460}});
    return {filled(heartbeat()),
            filled(Fail{bob}),
            filled(Publish{"news", "hello", false}),
            filled(Publish{"news", "", true}),
            filled(VoteRequest{}),
            filled(Vote{}),
            filled(Vote{{{alice, bob}, {}, {bob}}}),
            filled(Update{bob, 12, slots}),
            filled(PauseRequest{}),
            filled(Other{9, {1, 2, 3}})};
}

std::string text(const std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t size) {
    return {bytes.begin() + static_cast<std::ptrdiff_t>(at),
            bytes.begin() + static_cast<std::ptrdiff_t>(at + size)};
}

void set_length(std::vector<std::uint8_t>& frame) {
    for (int i = 0; i < 4; ++i) {
        frame[4 + static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(frame.size() >> (24 - 8 * i));
    }
}

}  // namespace

TEST_CASE("every field lies where Redis looks for it", "[gossip][codec]") {
    const auto frame = encode(filled(heartbeat()));

    CHECK(frame.size() == 2256 + 104 + 24 + 56 + 48);
    CHECK(text(frame, 0, 4) == "RCmb");
    CHECK(text(frame, 4, 4) == std::string{0, 0, 0x09, static_cast<char>(0xb8)});
    CHECK(text(frame, 8, 2) == std::string{0, 1});
    CHECK(text(frame, 10, 2) == std::string{0x1b, 0x59});              // port 7001
    CHECK(text(frame, 12, 4) == std::string{0, 1, 0, 1});              // PONG, one rumour
    CHECK(text(frame, 16, 8) == std::string{1, 2, 3, 4, 5, 6, 7, 8});  // currentEpoch
    CHECK(frame[31] == 7);                                             // configEpoch
    CHECK(frame[39] == 99);                                            // offset
    CHECK(text(frame, 40, 40) == alice.text());
    CHECK(frame[81] == 2);  // slot 9
    CHECK(text(frame, 2128, 40) == bob.text());
    CHECK(text(frame, 2168, 9) == std::string("10.0.0.1") + '\0');
    CHECK(text(frame, 2208, 6) == std::string{10, 11, 12, 13, 14, 15});         // Ours: the process
    CHECK(text(frame, 2214, 2) == std::string{0, 3});                           // extensions
    CHECK(text(frame, 2246, 2) == std::string{0x1b, static_cast<char>(0xbd)});  // 7101
    CHECK(text(frame, 2248, 2) == std::string{0x42, 0x69});                     // 17001
    CHECK(text(frame, 2250, 6) == std::string{0, 2, 1, 1 | 4, 0, 0});  // flags, state, mflags
    CHECK(text(frame, 2256, 40) == bob.text());
    CHECK(text(frame, 2256 + 48, 8) == "10.0.0.2");
    CHECK(text(frame, 2256 + 94, 6) == std::string{0x1b, 0x5a, 0x42, 0x6a, 0, 9});
    CHECK(text(frame, 2360, 8) == std::string{0, 0, 0, 24, 0, 0, 0, 0});  // hostname
    CHECK(text(frame, 2368, 13) == "grape.example");
}

TEST_CASE("a message without extensions has the length that Redis 7.0 demands", "[gossip][codec]") {
    CHECK(encode(filled(Heartbeat{})).size() == 2256);
    CHECK(encode(filled(Fail{bob})).size() == 2296);
    CHECK(encode(filled(VoteRequest{})).size() == 2256);
    CHECK(encode(filled(Update{bob, 1, {}})).size() == 4352);
    CHECK(encode(filled(Publish{"ab", "cde", false})).size() == 2256 + 8 + 5);
}

TEST_CASE("a process says its number where there is room for it", "[gossip][codec]") {
    Message message = filled(Heartbeat{});
    message.header.host = "2001:0db8:85a3:0000:0000:8a2e:0370:7334";
    CHECK(decode(encode(message))->header == message.header);
    message.header.host = "0000:0000:0000:0000:0000:ffff:192.168.100.228";
    CHECK(decode(encode(message))->header.host == message.header.host);
    CHECK(decode(encode(message))->header.process == 0);
    message.header.host.clear();
    message.header.capabilities = 0;  // As a Redis.
    CHECK(decode(encode(message))->header.process == 0);
}

TEST_CASE("what is written reads the same", "[gossip][codec]") {
    for (const Message& message : one_of_each()) {
        const auto frame = encode(message);
        const auto read = decode(frame);
        REQUIRE(read);
        CHECK(*read == message);
        CHECK(**frame_length(std::span(frame).first(8)) == frame.size());
    }
}

TEST_CASE("a frame that is cut anywhere is refused", "[gossip][codec]") {
    for (const Message& message : one_of_each()) {
        const auto whole = encode(message);
        for (std::size_t size = 0; size < whole.size(); size += size < 2250 ? 37 : 1) {
            std::vector<std::uint8_t> frame(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK_FALSE(decode(frame));
            if (size < header_size || std::holds_alternative<Other>(message.body)) continue;
            set_length(frame);
            const bool shorter_is_whole = size == header_size && message.body.index() > 2;
            if (!shorter_is_whole) CHECK_FALSE(decode(frame));
        }
    }
}

TEST_CASE("graves come back from their bytes", "[gossip][codec]") {
    Message message = filled(heartbeat());
    auto& extensions = std::get<Heartbeat>(message.body).extensions;
    for (const Graves& graves : {Graves{77, {}}, Graves{78, {{alice, 1}, {bob, 4}}}}) {
        extensions.graves = graves;
        const auto read = decode(encode(message));
        REQUIRE(read);
        CHECK(*read == message);
    }
}

TEST_CASE("witnesses come back from their bytes, also when nobody is named", "[gossip][codec]") {
    for (const Witnesses& named : {Witnesses{}, Witnesses{alice}, Witnesses{bob, alice, bob}}) {
        Message message = filled(heartbeat());
        std::get<Heartbeat>(message.body).extensions.witnesses = named;

        const auto back = decode(encode(message));

        REQUIRE(back);
        CHECK(*back == message);
    }
}

TEST_CASE("a vote with conditions that are cut off is refused", "[gossip][codec]") {
    auto frame = encode(filled(Vote{{{alice, bob}}}));
    for (std::size_t cut = 1; cut < frame.size() - header_size; ++cut) {
        auto shorter = frame;
        shorter.resize(frame.size() - cut);
        set_length(shorter);
        CHECK_FALSE(decode(shorter));
    }
}

TEST_CASE("a view comes back from its bytes", "[gossip][codec]") {
    Message message = filled(heartbeat());
    std::get<Heartbeat>(message.body).extensions.view = 0xfedcba9876543210;
    const auto read = decode(encode(message));
    REQUIRE(read);
    CHECK(*read == message);
}

TEST_CASE("that a claim is not saved yet comes back from its bytes", "[gossip][codec]") {
    Message message = filled(heartbeat());
    std::get<Heartbeat>(message.body).extensions.claim_unsaved = true;
    const auto read = decode(encode(message));
    REQUIRE(read);
    CHECK(*read == message);
}

TEST_CASE("kin come back from their bytes", "[gossip][codec]") {
    Message message = filled(heartbeat());
    for (const Kin& kin : {Kin{1, false}, Kin{0xfedcba9876543210, true}}) {
        std::get<Heartbeat>(message.body).extensions.kin = kin;
        const auto read = decode(encode(message));
        REQUIRE(read);
        CHECK(*read == message);
    }
}

TEST_CASE("counts and lengths that lie are refused", "[gossip][codec]") {
    const auto sound = encode(filled(heartbeat()));
    const auto with = [&](std::size_t at, std::vector<std::uint8_t> bytes) {
        auto frame = sound;
        std::copy(bytes.begin(), bytes.end(), frame.begin() + static_cast<std::ptrdiff_t>(at));
        return decode(frame);
    };

    CHECK_FALSE(with(14, {0xff, 0xff}));  // Rumours.
    CHECK_FALSE(with(14, {0, 0}));
    CHECK_FALSE(with(2214, {0, 4}));  // Extensions.
    CHECK_FALSE(with(2214, {0, 2}));
    CHECK_FALSE(with(2360, {0, 0, 0, 0}));  // An extension's length.
    CHECK_FALSE(with(2360, {0, 0, 0, 25}));
    CHECK_FALSE(with(2360, {0xff, 0xff, 0xff, 0xf8}));
    CHECK_FALSE(with(8, {0, 2}));  // The version.
    CHECK_FALSE(with(40, {'X'}));  // The sender's name.
    CHECK_FALSE(frame_length(std::vector<std::uint8_t>{'R', 'C', 'm', 'b', 0xff, 0, 0, 0}));
    CHECK_FALSE(frame_length(std::vector<std::uint8_t>{'R', 'C', 'm', 'b', 0, 0, 0, 16}));
    CHECK_FALSE(frame_length(std::vector<std::uint8_t>{'G', 'E', 'T', ' ', 0, 0, 9, 0}));
    CHECK_FALSE(*frame_length(std::vector<std::uint8_t>{'R', 'C'}));
}

TEST_CASE("an extension of a later version is passed over", "[gossip][codec]") {
    auto frame = encode(filled(heartbeat()));
    frame[2360 + 5] = 200;  // Was the hostname.

    const auto read = decode(frame);

    REQUIRE(read);
    CHECK_FALSE(std::get<Heartbeat>(read->body).extensions.hostname);
    CHECK(std::get<Heartbeat>(read->body).extensions.shard);
}

TEST_CASE("a host name that could break a file is taken for none", "[gossip][codec]") {
    Message message = filled(Heartbeat{});
    message.header.host = "10.0.0.1 evil\n";

    CHECK(decode(encode(message))->header.host.empty());
}

TEST_CASE("any bytes give a message or an error", "[gossip][codec]") {
    const std::uint64_t seed = GENERATE(range(1, 40));
    CAPTURE(seed);
    Random random(seed);
    for (const Message& message : one_of_each()) {
        auto frame = encode(message);
        for (std::uint64_t i = random.below(20); i > 0; --i) {
            const std::size_t at = random.below(2) != 0 ? random.below(frame.size())
                                                        : 2200 + random.below(frame.size() - 2200);
            frame[at] = static_cast<std::uint8_t>(random.next());
        }
        if (random.below(2) != 0) frame.resize(random.below(frame.size() + 1));
        if (frame.size() >= 8) set_length(frame);
        const auto read = decode(frame);
        if (!read) continue;
        const auto again = decode(encode(*read));
        REQUIRE(again);
        CHECK(*again == *read);
    }
}
