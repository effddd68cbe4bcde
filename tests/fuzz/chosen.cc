#include "tests/fuzz/chosen.h"

#include <algorithm>

namespace grapevine::fuzz {

using namespace gossip;

namespace {

const MemberStatus& self_of(const Status& status) {
    return *std::find_if(status.members.begin(), status.members.end(),
                         [&](const MemberStatus& member) { return member.id == status.self; });
}

std::string choose_host(Input& input, World& world) {
    const std::size_t choice = input.below(12);
    if (choice < peer_count) return world.peer(choice).host;
    return choice == peer_count ? std::string{} : choice == peer_count + 1 ? "10.0.0.1" : "::1";
}

Rumour choose_rumour(Input& input, World& world) {
    Rumour rumour;
    rumour.id = choose_id(input, world);
    rumour.host = choose_host(input, world);
    rumour.port = static_cast<std::uint16_t>(7000 + input.below(16));
    rumour.bus_port = static_cast<std::uint16_t>(rumour.port + 10'000);
    rumour.flags = input.byte();
    return rumour;
}

Extensions choose_extensions(Input& input, World& world) {
    Extensions extensions;
    const std::uint8_t which = input.byte();
    if ((which & 1) != 0) extensions.hostname = (which & 8) != 0 ? "a.example" : "";
    if ((which & 2) != 0) {
        const char digit = "0123456789abcdef"[input.below(16)];
        extensions.shard = *ShardId::parse(std::string(ShardId::size, digit));
    }
    const NodeId forgotten = choose_id(input, world);
    if ((which & 4) != 0 && !forgotten.none()) {
        extensions.forgotten.push_back({forgotten, input.number<std::uint64_t>()});
    }
    if ((which & 16) != 0 && !forgotten.none()) {
        extensions.graves = Graves{input.byte(), {{forgotten, input.number<std::uint64_t>()}}};
    }
    if ((which & 32) != 0) {
        extensions.kin = Kin{std::uint64_t{input.byte()} + 1, (which & 64) != 0};
    }
    extensions.claim_unsaved = (which & 128) != 0;
    return extensions;
}

Witnesses choose_witnesses(Input& input, World& world) {
    Witnesses witnesses;
    for (std::size_t left = input.below(5); left > 0; --left) {
        witnesses.push_back(choose_id(input, world));
    }
    return witnesses;
}

Heartbeat choose_heartbeat(Input& input, World& world) {
    Heartbeat heartbeat;
    heartbeat.kind = static_cast<Heartbeat::Kind>(input.below(3));
    for (std::size_t left = input.below(4); left > 0; --left) {
        heartbeat.rumours.push_back(choose_rumour(input, world));
    }
    if (input.coin()) heartbeat.extensions = choose_extensions(input, world);
    if (input.coin()) heartbeat.extensions.witnesses = choose_witnesses(input, world);
    return heartbeat;
}

Vote choose_vote(Input& input, World& world) {
    Vote vote;
    for (std::size_t left = input.below(3); left > 0; --left) {
        vote.conditions.push_back(choose_witnesses(input, world));
    }
    return vote;
}

Body choose_body(Input& input, World& world) {
    switch (input.below(10)) {
        case 0:
            return Fail{choose_id(input, world)};
        case 1:
            return Publish{"news", input.text(input.below(4)), input.coin()};
        case 2:
            return VoteRequest{};
        case 3:
            return choose_vote(input, world);
        case 4: {
            const NodeId owner = choose_id(input, world);
            const std::uint64_t epoch = choose_epoch(input, world);
            return Update{owner, epoch, choose_slots(input, world)};
        }
        case 5:
            return PauseRequest{};
        case 6:
            return Other{static_cast<std::uint16_t>(input.coin() ? 9 : 77), {1, 2, 3}};
        default:
            return choose_heartbeat(input, world);
    }
}

Order choose_slot_order(Input& input, World& world) {
    SetSlot order;
    order.change = static_cast<SetSlot::Change>(input.below(4));
    order.slot.number =
        static_cast<std::uint16_t>(input.number<std::uint16_t>() % slots::slot_count);
    order.node = choose_id(input, world);
    order.has_keys = input.coin();
    return order;
}

Order choose_meeting(Input& input, World& world) {
    const Peer& peer = world.peer(input.byte());
    return Meet{peer.host, peer.port, static_cast<std::uint16_t>(peer.port + 10'000)};
}

}  // namespace

SlotSet choose_slots(Input& input, const World& world) {
    SlotSet slots;
    switch (input.below(5)) {
        case 0:
            return slots;
        case 1:
            return SlotSet::all();
        case 2:
            return self_of(world.status()).slots;
        default:
            break;
    }
    const std::uint16_t first = input.byte() * 64;
    const std::uint16_t count = input.byte() * 32;
    const auto last = std::min<std::uint32_t>(first + count, slots::slot_count - 1);
    slots.insert({{first}, {static_cast<std::uint16_t>(last)}});
    return slots;
}

NodeId choose_id(Input& input, World& world) {
    const std::size_t choice = input.below(14);
    if (choice < peer_count) return world.peer(choice).id;
    if (choice == peer_count) return world.node().self();
    if (choice == peer_count + 1) return {};
    return *NodeId::parse(std::string(NodeId::size, "abcdef"[choice % 6]));
}

std::uint64_t choose_epoch(Input& input, const World& world) {
    const std::uint64_t current = world.status().current_epoch;
    const std::uint8_t choice = input.byte();
    if (choice < 128) return current + choice % 4;
    if (choice < 192) return current - std::min<std::uint64_t>(current, choice % 4);
    if (choice < 224) return choice % 32;
    if (choice < 240) return current + (std::uint64_t{1} << 32) - choice % 2;
    return ~std::uint64_t{0} - choice % 4;
}

void change_header(Input& input, World& world, Header& header) {
    const std::uint8_t which = input.byte();
    if ((which & 1) != 0) header.current_epoch = choose_epoch(input, world);
    if ((which & 2) != 0) header.config_epoch = choose_epoch(input, world);
    if ((which & 4) != 0) header.slots = choose_slots(input, world);
    if ((which & 8) != 0) header.primary = choose_id(input, world);
    if ((which & 16) != 0) header.offset = input.byte();
    if ((which & 32) != 0) {
        const std::uint8_t flags = input.byte();
        header.paused = (flags & 1) != 0;
        header.forced = (flags & 2) != 0;
        header.extensible = (flags & 4) != 0;
        header.capabilities = (flags & 8) != 0 ? 0 : knows_grapevine;
        if ((flags & 24) == 16) header.capabilities |= another_has_your_name;
        if ((flags & 32) != 0) header.process = flags >> 6;  // Another one, or none.
        header.flags = static_cast<std::uint16_t>(flags << 5 | (header.primary.none() ? 1 : 2));
    }
    if ((which & 64) != 0) header.host = choose_host(input, world);
    if ((which & 128) != 0) header.port = static_cast<std::uint16_t>(7000 + input.below(16));
}

Message choose_message(Input& input, World& world) {
    Message message;
    const std::size_t sender = input.below(16);
    message.header = world.peer(sender).header;
    if (sender == 14) message.header.sender = world.node().self();
    if (sender == 15) message.header.sender = *NodeId::parse(std::string(NodeId::size, 'f'));
    if (input.coin()) change_header(input, world, message.header);
    message.body = choose_body(input, world);
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
        message.header.extensible =
            message.header.extensible || heartbeat->extensions != Extensions{};
    }
    return message;
}

Order choose_order(Input& input, World& world) {
    switch (input.below(14)) {
        case 0:
            return Forget{choose_id(input, world)};
        case 1: {
            const NodeId primary = choose_id(input, world);
            return Replicate{primary, input.coin()};
        }
        case 2: {
            const bool hard = input.coin();
            return Reset{hard, input.coin()};
        }
        case 3:
            return AddSlots{choose_slots(input, world)};
        case 4:
            return DelSlots{choose_slots(input, world)};
        case 5:
            return FlushSlots{input.coin()};
        case 6:
            return SetConfigEpoch{static_cast<std::int64_t>(choose_epoch(input, world))};
        case 7:
            return BumpEpoch{};
        case 8:
            return Failover{static_cast<Failover::Mode>(input.below(3))};
        case 9:
        case 10:
            return choose_slot_order(input, world);
        case 11:
            return SaveConfig{};
        default:
            return choose_meeting(input, world);
    }
}

}  // namespace grapevine::fuzz
