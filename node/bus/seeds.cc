#include "node/bus/seeds.h"

#include <algorithm>
#include <utility>

#include "node/config/network.h"
#include "node/observe/log.h"

namespace grapevine::node::bus {
namespace {

// Two texts of one IP address are the same host.
bool same_host(const std::string& one, const std::string& other) {
    const auto address = config::parse_address(one);
    return one == other || (address && address == config::parse_address(other));
}

bool is_there(const slots::Node& node, const Seed& place) {
    return node.endpoint.bus_port == place.bus_port && same_host(node.endpoint.host, place.host);
}

// `linked` is true of this node itself.
bool is_taken(const Seed& place, const slots::Topology& map) {
    return std::any_of(map.nodes.begin(), map.nodes.end(), [&](const slots::Node& node) {
        return node.linked && is_there(node, place);
    });
}

}  // namespace

bool is_in_touch(const slots::Topology& map) {
    const auto linked = static_cast<std::size_t>(std::count_if(
        map.nodes.begin(), map.nodes.end(), [](const slots::Node& node) { return node.linked; }));
    const std::size_t others = map.nodes.size() - 1;
    return (linked - 1) * 2 > others;
}

std::vector<Seed> whom_to_ask(const std::vector<Seed>& seeds, const slots::Topology& map) {
    if (is_in_touch(map)) return {};
    std::vector<Seed> wanted = seeds;
    for (const slots::Node& node : map.nodes) {
        if (node.linked || node.hostname.empty()) continue;
        wanted.push_back({node.hostname, node.endpoint.port, node.endpoint.bus_port});
    }
    std::vector<Seed> places;
    for (const Seed& place : wanted) {
        const bool again = std::find(places.begin(), places.end(), place) != places.end();
        if (!again && !is_taken(place, map)) places.push_back(place);
    }
    return places;
}

void Seeds::tick(gossip::Instant now, slots::TopologyPtr map) {
    map_ = std::move(map);
    if (now < next_round_) return;
    next_round_ = now + period;
    for (const Seed& place : whom_to_ask(seeds_, *map_)) ask(place);
}

void Seeds::ask(const Seed& place) {
    if (config::parse_address(place.host)) return ask_at(place, std::vector{place.host});
    if (!unresolved_.insert(place).second) return;
    resolve_(place.host, [this, place](const Addresses& addresses) {
        unresolved_.erase(place);
        note_trouble(place.host, addresses ? "" : addresses.error().text);
        ask_at(place, addresses);
    });
}

// The map may be another than when the name was looked up.
void Seeds::ask_at(const Seed& place, const Addresses& addresses) {
    if (!addresses || is_in_touch(*map_)) return;
    for (const std::string& address : *addresses) {
        const Seed exact{address, place.port, place.bus_port};
        if (!is_taken(exact, *map_)) meet_({address, place.port, place.bus_port, true});
    }
}

void Seeds::note_trouble(const std::string& name, const std::string& trouble) {
    const auto known = troubles_.find(name);
    if (trouble == (known == troubles_.end() ? "" : known->second)) return;
    if (trouble.empty()) {
        troubles_.erase(known);
        return log::notice("a name of the cluster has an address again name={}", name);
    }
    troubles_[name] = trouble;
    log::warn("a name of the cluster has no address name={} reason={}", name, trouble);
}

}  // namespace grapevine::node::bus
