#include "tests/sim/caller_node.h"

#include "client/resp/writer.h"
#include "slots/redirect.h"
#include "slots/route.h"

namespace grapevine::sim {
namespace {

void write_node(client::resp::Writer& writer, const slots::Node& node) {
    writer.array(2);
    writer.bulk(node.endpoint.host);
    writer.integer(node.endpoint.port);
}

void write_range(client::resp::Writer& writer, const slots::Topology& map, std::size_t first,
                 std::size_t last) {
    const auto replicas = map.replicas_of(map.owner[first]);
    writer.array(3 + replicas.size());
    writer.integer(static_cast<std::int64_t>(first));
    writer.integer(static_cast<std::int64_t>(last));
    write_node(writer, map.nodes[map.owner[first]]);
    for (const slots::NodeIndex replica : replicas) write_node(writer, map.nodes[replica]);
}

// CLUSTER SLOTS.
std::string slots_of(const slots::Topology& map) {
    std::string ranges;
    client::resp::Writer writer(ranges);
    std::size_t count = 0;
    for (std::size_t first = 0, next = 0; first < slots::slot_count; first = next) {
        while (next < slots::slot_count && map.owner[next] == map.owner[first]) ++next;
        if (map.owner[first] == slots::no_node) continue;
        write_range(writer, map, first, next - 1);
        ++count;
    }
    return "*" + std::to_string(count) + "\r\n" + ranges;
}

std::string line(const std::string& error) {
    return "-" + error + "\r\n";
}

std::string moved_to(const slots::Topology& map, slots::Slot slot, slots::NodeIndex node) {
    return line(slots::to_error({.kind = slots::Redirect::Kind::moved,
                                 .slot = slot,
                                 .endpoint = map.nodes[node].endpoint})
                    .text);
}

// What migrations and full disks would make a node say; nothing mostly. Only in danger.
std::string excuse(World& world, const Machine& machine, slots::Slot slot, Chance& chance) {
    if (!world.in_danger || !chance.happens(30)) return {};
    if (chance.happens(300)) return line("TRYAGAIN Multiple keys request during rehashing of slot");
    if (chance.happens(300)) return line("LOADING the dataset is in memory soon");
    const Machine& other = world.machines[chance.below(world.machines.size())];
    if (&other == &machine) return {};
    return line(slots::to_error({.kind = slots::Redirect::Kind::ask,
                                 .slot = slot,
                                 .endpoint = {other.address, other.port, 0}})
                    .text);
}

void run(World& world, const Machine& machine, Call& call) {
    ++call.runs;
    const std::string where =
        " slot " + std::to_string(call.facts().slot) + " at n" + std::to_string(machine.number);
    if (call.runs > 1 && !call.facts().repeatable())
        world.violated("NeverTwice", "what may be done once only is done again:" + where);
    if (call.denied() && !call.facts().reads())
        world.violated("EffectTrue",
                       "it is done after its caller was told that it is not:" + where);
}

}  // namespace

std::string answer_of(World& world, Machine& machine, Call& call, bool asking, Chance& chance) {
    const slots::Topology& map = *machine.map;
    if (call.asks_for_map) return slots_of(map);
    const slots::Slot slot{call.facts().slot};
    const bool writes = !call.facts().reads();
    const slots::Route route = slots::route(map, {.slot = slot, .writes = writes});
    const bool serves = route.verdict == slots::Verdict::serve;
    // Whom ASK named has the keys, whatever its map says.
    if (!serves && !(asking && map.serving)) {
        if (route.verdict == slots::Verdict::moved) return moved_to(map, slot, route.node);
        return line(slots::cluster_down_error().text);
    }
    if (!asking)
        if (std::string text = excuse(world, machine, slot, chance); !text.empty()) return text;
    run(world, machine, call);
    return "+OK\r\n";
}

}  // namespace grapevine::sim
