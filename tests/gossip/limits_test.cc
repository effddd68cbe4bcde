// What a peer may cost: whoever reaches the bus must not be able to fill the memory of a node.
#include <catch2/catch.hpp>

#include "gossip/gossip.h"
#include "gossip/random.h"
#include "slots/slot_set.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

constexpr Instant start{Duration{1'000'000}};
const NodeId own_name = *NodeId::parse(std::string(40, 'a'));
const NodeId other_name = *NodeId::parse(std::string(40, 'b'));

SavedMember saved(const NodeId& id, std::uint64_t epoch) {
    SavedMember member;
    member.id = id;
    member.shard = *ShardId::parse(id.text());
    member.endpoint = {"10.0.0.1", 7000, 17000};
    member.config_epoch = epoch;
    return member;
}

// A node that owns all slots and knows one other, which talks to it on `link`.
struct Pair {
    Pair() : node({}, state(), true, 1, start), link(node.accepted("10.0.0.1", "", start)) {
        for (const Connect& call : node.tick(start).connect) {
            (void)node.link_event(call.link, LinkEvent::connected, start);
        }
    }

    static State state() {
        State state{own_name, 5, 0, {saved(own_name, 5), saved(other_name, 1)}, {}, {}};
        state.members[0].slots = SlotSet::all();
        return state;
    }

    Effects hear(Heartbeat heartbeat, std::uint64_t epoch = 1) {
        Message message;
        message.header.sender = other_name;
        message.header.current_epoch = 5;
        message.header.config_epoch = epoch;
        message.header.extensible = true;
        message.header.slots = claimed;
        message.body = std::move(heartbeat);
        return node.receive(link, message, start);
    }

    Gossip node;
    LinkId link;
    SlotSet claimed;
};

std::vector<NodeId> made_up(Random& random, std::size_t count) {
    std::vector<NodeId> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(random.id<NodeId>());
    return ids;
}

Heartbeat naming(const std::vector<NodeId>& ids) {
    Heartbeat heartbeat;
    for (const NodeId& id : ids) {
        heartbeat.rumours.push_back({id, "10.0.0.9", 7000, 0, 17000, flag_primary});
    }
    return heartbeat;
}

Heartbeat forgetting(const std::vector<NodeId>& ids) {
    Heartbeat heartbeat;
    for (const NodeId& id : ids) heartbeat.extensions.forgotten.push_back({id, 1'000'000});
    return heartbeat;
}

}  // namespace

TEST_CASE("a peer that names nodes without end does not fill the table", "[gossip]") {
    Pair pair;
    Random random(1);

    for (int i = 0; i < 9; ++i) (void)pair.hear(naming(made_up(random, 2'000)));

    CHECK(pair.node.status(start).members.size() == 16'384);
}

TEST_CASE("a peer that forgets nodes without end is not heeded for ever", "[gossip]") {
    Pair pair;
    Random random(1);

    const auto ids = made_up(random, 2'000);
    (void)pair.hear(naming(ids));
    (void)pair.hear(forgetting(ids));

    CHECK(pair.node.status(start).members.size() == 2 + 2'000 - 1'024);
}

TEST_CASE("what waits for a disk that hangs does not grow without end", "[gossip]") {
    Pair pair;
    pair.claimed.insert(slots::Slot{1});
    const Obeyed saving = pair.node.obey(SaveConfig{}, start);
    REQUIRE(saving.effects.save);

    for (int i = 0; i < 3'000; ++i) (void)pair.hear({Heartbeat::Kind::pong, {}, {}});
    const Effects effects = pair.node.saved(saving.effects.save->generation, start);

    CHECK(effects.send.size() == 1024);
}
