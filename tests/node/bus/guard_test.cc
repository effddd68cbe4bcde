#include "node/bus/guard.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"
#include "gossip/layout.h"

using namespace grapevine;
using namespace grapevine::node;
using bus::Frame;
using bus::Guard;
using bus::Key;
using bus::Trust;
using Standing = bus::Guard::Standing;

namespace {

const Key old_key{"the key of last year"};
const Key new_key{"the key of this year"};

Trust with(const Key& current) {
    return {current, {}, {}};
}
Trust with(const Key& current, const Key& previous) {
    return {current, previous, {}};
}
Trust open_to(const char* peers, std::optional<Key> current) {
    return {current, {}, {*config::parse_network(peers)}};
}

bus::Nonce nonce(std::uint8_t byte) {
    bus::Nonce nonce;
    nonce.fill(byte);
    return nonce;
}

Frame message(const char* payload = "hello") {
    gossip::Header header;
    header.sender = *slots::NodeId::parse(std::string(40, 'a'));
    header.capabilities = gossip::knows_grapevine;
    return gossip::encode({header, gossip::Publish{"news", payload, false}});
}

bool believes(Guard& guard, const Frame& frame) {
    const auto heard = guard.hear(frame);
    return heard && heard->is_message;
}

// Both ends of a link, the caller at 10.0.0.1 and the called one at 10.0.0.2.
struct Pair {
    Pair(Trust of_caller, Trust of_called, std::uint8_t caller_nonce = 1,
         std::uint8_t called_nonce = 2)
        : caller_trust(std::move(of_caller)),
          called_trust(std::move(of_called)),
          caller(caller_trust, Guard::Side::caller, "10.0.0.2", nonce(caller_nonce)),
          called(called_trust, Guard::Side::called, "10.0.0.1", nonce(called_nonce)) {}

    // Both hellos. False when one end refuses the other's.
    bool greet() {
        const auto answer = called.hear(*caller.greeting());
        if (!answer || answer->answers.size() != 1) return false;
        return static_cast<bool>(caller.hear(answer->answers[0]));
    }
    // A message passes in both directions.
    bool talk() {
        return believes(called, *caller.sealed(message())) &&
               believes(caller, *called.sealed(message()));
    }
    // One end gets other keys and tells the other end.
    static bool rotate(Guard& guard, Trust& trust, Trust changed, Guard& other) {
        trust = std::move(changed);
        const auto news = guard.trust_changed();
        return news && *news && other.hear(**news);
    }

    Trust caller_trust;
    Trust called_trust;
    Guard caller;
    Guard called;
};

}  // namespace

TEST_CASE("ends with the same key believe each other", "[bus]") {
    Pair pair(with(new_key), with(new_key));

    REQUIRE(pair.greet());

    CHECK(pair.talk());
    CHECK(pair.talk());
    CHECK(pair.caller.standing() == Standing::current_key);
}

TEST_CASE("a sealed frame is the same message to whoever does not look at the seal", "[bus]") {
    Pair pair(with(new_key), with(new_key));
    REQUIRE(pair.greet());

    const Frame sealed = *pair.caller.sealed(message());

    CHECK(sealed != message());
    CHECK(sealed.size() == message().size());
    CHECK(*gossip::decode(sealed) == *gossip::decode(message()));
}

TEST_CASE("a caller with another key gets no answer", "[bus]") {
    Pair pair(with(old_key), with(new_key));

    CHECK_FALSE(pair.called.hear(*pair.caller.greeting()));
    CHECK(pair.caller.standing() == Standing::unproven);
}

TEST_CASE("nothing is said to a peer that has proved nothing", "[bus]") {
    Pair pair(with(new_key), with(new_key));

    CHECK_FALSE(pair.caller.ready());
    CHECK_FALSE(pair.caller.sealed(message()));
    CHECK_FALSE(pair.called.sealed(message()));
}

TEST_CASE("a message without a seal ends the link", "[bus]") {
    Pair pair(with(new_key), with(new_key));
    CHECK_FALSE(pair.called.hear(message()));

    REQUIRE(pair.greet());
    REQUIRE(pair.talk());
    CHECK_FALSE(pair.called.hear(message()));
    CHECK_FALSE(pair.caller.hear(message()));
}

TEST_CASE("each byte of a sealed frame counts", "[bus]") {
    Pair pair(with(new_key), with(new_key));
    REQUIRE(pair.greet());
    const Frame sealed = *pair.caller.sealed(message());

    for (std::size_t at = 0; at < sealed.size(); ++at) {
        Frame changed = sealed;
        changed[at] ^= 1;
        INFO("byte " << at);
        CHECK_FALSE(pair.called.hear(changed));
    }
    CHECK(believes(pair.called, sealed));
}

TEST_CASE("a frame that is repeated, left out or turned round is refused", "[bus]") {
    Pair pair(with(new_key), with(new_key));
    REQUIRE(pair.greet());
    const Frame first = *pair.caller.sealed(message());
    const Frame second = *pair.caller.sealed(message());
    const Frame third = *pair.caller.sealed(message());

    CHECK_FALSE(pair.caller.hear(first));
    CHECK_FALSE(pair.called.hear(second));
    CHECK(believes(pair.called, first));
    CHECK_FALSE(pair.called.hear(first));
    CHECK_FALSE(pair.called.hear(third));
}

TEST_CASE("what was recorded on one link is worth nothing on the next", "[bus]") {
    Pair recorded(with(new_key), with(new_key), 1, 2);
    const Frame hello = *recorded.caller.greeting();
    const auto answer = recorded.called.hear(hello);
    REQUIRE(recorded.caller.hear(answer->answers[0]));
    const Frame said = *recorded.caller.sealed(message());
    const Frame answered = *recorded.called.sealed(message());

    Pair to_called(with(new_key), with(new_key), 1, 3);
    REQUIRE(to_called.called.hear(hello));
    CHECK_FALSE(to_called.called.hear(said));

    Pair to_caller(with(new_key), with(new_key), 4, 2);
    REQUIRE(to_caller.caller.greeting());
    REQUIRE(to_caller.caller.hear(answer->answers[0]));
    CHECK_FALSE(to_caller.caller.hear(answered));
}

TEST_CASE("a hello that was changed on its way ends the link", "[bus]") {
    Pair pair(with(new_key, old_key), with(new_key, old_key));
    Frame hello = *pair.caller.greeting();
    auto changed = *bus::read_hello(hello);
    changed.accepted = {old_key.id(), old_key.id()};  // Speak with the old one!

    const auto answer = pair.called.hear(bus::to_frame(changed));
    REQUIRE(pair.caller.hear(answer->answers[0]));

    CHECK_FALSE(pair.called.hear(*pair.caller.sealed(message())));
}

TEST_CASE("a hello of a stranger changes nothing on a proven link", "[bus]") {
    Pair pair(with(new_key), with(new_key));
    REQUIRE(pair.greet());
    const Frame hello = bus::to_frame({nonce(9), {old_key.id()}});

    CHECK(pair.called.hear(hello)->answers.empty());
    CHECK(pair.talk());
    CHECK_FALSE(pair.called.hear(hello));
    CHECK_FALSE(pair.caller.hear(hello));
}

TEST_CASE("keys are replaced on one node after the other while links stand", "[bus]") {
    Pair pair(with(old_key), with(old_key));
    REQUIRE(pair.greet());
    REQUIRE(pair.talk());

    REQUIRE(pair.rotate(pair.caller, pair.caller_trust, with(new_key, old_key), pair.called));
    CHECK(pair.talk());
    CHECK(pair.caller.standing() == Standing::previous_key);
    REQUIRE(pair.rotate(pair.called, pair.called_trust, with(new_key, old_key), pair.caller));
    CHECK(pair.talk());
    CHECK(pair.caller.standing() == Standing::current_key);
    CHECK(pair.called.standing() == Standing::current_key);
    REQUIRE(pair.rotate(pair.caller, pair.caller_trust, with(new_key), pair.called));
    REQUIRE(pair.rotate(pair.called, pair.called_trust, with(new_key), pair.caller));
    CHECK(pair.talk());
}

TEST_CASE("a new link between an old and a new key uses the one that both have", "[bus]") {
    Pair forwards(with(new_key, old_key), with(old_key));
    Pair backwards(with(old_key), with(new_key, old_key));

    REQUIRE(forwards.greet());
    REQUIRE(backwards.greet());

    CHECK(forwards.talk());
    CHECK(backwards.talk());
    CHECK(forwards.caller.standing() == Standing::previous_key);
}

TEST_CASE("a link ends when the key is taken away that it stands on", "[bus]") {
    Pair pair(with(new_key, old_key), with(old_key));
    REQUIRE(pair.greet());

    pair.caller_trust = with(new_key);

    CHECK_FALSE(pair.caller.trust_changed());
}

TEST_CASE("without a key everybody is believed", "[bus]") {
    Pair pair({}, {});

    CHECK_FALSE(pair.caller.greeting());
    CHECK(pair.caller.ready());
    CHECK(pair.talk());
    CHECK(*pair.caller.sealed(message()) == message());
    CHECK(pair.called.standing() == Standing::open);
}

TEST_CASE("a node without a key passes over hellos", "[bus]") {
    Pair pair(with(new_key), {});

    const auto heard = pair.called.hear(*pair.caller.greeting());

    REQUIRE(heard);
    CHECK_FALSE(heard->is_message);
    CHECK(heard->answers.empty());
}

TEST_CASE("an open peer is spoken to at once, and believed without a seal", "[bus]") {
    Pair pair(open_to("10.0.0.2", new_key), {});

    REQUIRE(pair.caller.greeting());

    CHECK(pair.caller.ready());
    CHECK(*pair.caller.sealed(message()) == message());
    CHECK(believes(pair.caller, message()));
    CHECK(pair.caller.standing() == Standing::open);
}

TEST_CASE("an open peer that calls is believed; others are not", "[bus]") {
    Pair listed(Trust{}, open_to("10.0.0.0/8", new_key));
    Pair unlisted(Trust{}, open_to("10.1.0.0/16", new_key));

    CHECK(believes(listed.called, message()));
    CHECK(listed.talk());
    CHECK_FALSE(unlisted.called.hear(message()));
}

TEST_CASE("what was said to an open peer before its hello is said again under seal", "[bus]") {
    Pair pair(open_to("10.0.0.2", new_key), with(new_key));
    const Frame hello = *pair.caller.greeting();
    const Frame openly = *pair.caller.sealed(message("first"));

    const auto answer = pair.called.hear(hello);
    REQUIRE(answer);
    const auto early = pair.called.hear(openly);
    REQUIRE(early);
    CHECK_FALSE(early->is_message);
    const auto again = pair.caller.hear(answer->answers[0]);

    REQUIRE(again);
    REQUIRE(again->answers.size() == 1);
    CHECK(*gossip::decode(again->answers[0]) == *gossip::decode(openly));
    CHECK(believes(pair.called, again->answers[0]));
    CHECK(pair.talk());
}

TEST_CASE("a link in the open ends when its peer is not listed any more", "[bus]") {
    Pair pair(Trust{}, open_to("10.0.0.1", new_key));
    REQUIRE(believes(pair.called, message()));

    pair.called_trust = with(new_key);

    CHECK_FALSE(pair.called.trust_changed());
}

TEST_CASE("a key that is set ends the links that know none", "[bus]") {
    Pair pair({}, {});
    REQUIRE(pair.talk());

    pair.called_trust = with(new_key);

    CHECK_FALSE(pair.called.trust_changed());
}
