// A node among up to eight peers, some of which lie: sequences of messages, links that come and go,
// time, a slow disk, orders, crashes.
//
// After each step the rules of rules.h and agreement.h hold: a slot has at most one owner; no epoch
// steps back, not over a restart; there is one vote in an epoch; nothing is claimed that was not
// saved; what is saved parses back to itself; status and map agree; there is at most one link to
// each member.
#include <algorithm>

#include "tests/fuzz/chosen.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

using namespace grapevine;
using namespace grapevine::fuzz;
using gossip::Duration;

namespace {

constexpr std::size_t most_steps = 200;

gossip::Settings choose_settings(Input& input, gossip::Settings settings) {
    const std::uint8_t which = input.byte();
    settings.timing.node_timeout = Duration{(which & 64) != 0 ? 3'000 : 1'000};
    settings.announce = {(which & 1) != 0 ? "10.0.0.1" : "", 7000, 17000};
    settings.hostname = (which & 2) != 0 ? "me.example" : "";
    settings.require_full_coverage = (which & 4) != 0;
    settings.replica_no_failover = (which & 8) != 0;
    settings.allow_replica_migration = (which & 16) != 0;
    settings.crash_evidence = (which & 32) != 0;
    settings.host_evidence = (which & 64) != 0;
    if ((which & 128) != 0) settings.timing.most_pulsing_voters = 1;
    return settings;
}

gossip::Replication choose_replication(Input& input) {
    const std::uint8_t which = input.byte();
    return {.offset = input.byte(),
            .writes_held = (which & 4) != 0,
            .follow = static_cast<std::uint64_t>(which >> 5),
            .link_up = (which & 1) != 0,
            .in_step = (which & 9) != 0,
            .data_age = Duration{(which & 2) != 0 ? 100'000 : 0},
            .primary_has_less = (which & 16) != 0};
}

// A peer asks to be known, is called back and says who it is.
void join(Input& input, World& world) {
    const std::uint8_t peer = input.byte();
    const gossip::Heartbeat meet{gossip::Heartbeat::Kind::meet, {}, {}};
    world.hear(world.accept(peer), {world.peer(peer).header, meet});
    world.answer_all();
    world.write(true);
}

// Everybody who is honest at the moment talks for a while, and the disk keeps up.
void settle(Input& input, World& world) {
    for (std::size_t left = 1 + input.below(16); left > 0; --left) {
        world.pass(Duration{100});
        world.answer_all();
        world.write(true);
    }
}

void events(std::uint8_t kind, Input& input, World& world) {
    switch (kind) {
        case 0:
            return world.pass(Duration{input.byte()});
        case 1:
            return world.pass(Duration{100} * input.byte());
        case 2:
            world.accept(input.byte());
            return;
        case 3: {
            const std::uint8_t link = input.byte();
            return world.link_event(link, static_cast<gossip::LinkEvent>(input.below(7)));
        }
        case 4:
            return world.connect_all();
        case 5:
            return world.answer_all();
        case 6:
            return settle(input, world);
        default:
            return join(input, world);
    }
}

void shell(std::uint8_t kind, Input& input, World& world) {
    switch (kind) {
        case 0:
            return world.write(true);
        case 1:
            return world.write(false);
        case 2:
            return world.tell_again();
        case 3:
            return world.restart();
        case 4:
            return world.replicate(choose_replication(input));
        case 5:
            return world.configure(choose_settings(input, world.settings()));
        case 6:
            return world.publish({"news", "", input.coin()});
        default:
            return world.obey(choose_order(input, world));
    }
}

void step(Input& input, World& world) {
    const std::uint8_t kind = input.byte() % 32;
    if (kind < 8) return events(kind, input, world);
    if (kind < 16) return shell(kind - 8, input, world);
    if (kind < 20) return world.obey(choose_order(input, world));
    if (kind < 24) return change_header(input, world, world.peer(input.byte()).header);
    const std::uint8_t link = input.byte();
    world.receive(link, choose_message(input, world));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    World world(choose_settings(input, {}));
    for (std::size_t steps = 0; steps < most_steps && !input.empty(); ++steps) step(input, world);
    return 0;
}
