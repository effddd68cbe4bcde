#include "gossip/nodes_conf.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

#include "gossip/random.h"

namespace grapevine::gossip {
namespace {

// One line of the file: "id ip:port@cport[,hostname[,name=value...]] flags primary ping pong epoch
// link slots...".
struct Line {
    std::string id, address, flags, primary, ping, pong, epoch, link;
    std::vector<std::string> slots;
};

// What a line may say besides the facts about its node.
struct Reading {
    State state;
    std::string_view problem;  // Why the last line cannot be read.
};

bool fail(Reading& reading, std::string_view why) {
    reading.problem = why;
    return false;
}

template <typename Number>
bool read_number(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
    return parts;
}

bool has(const std::vector<std::string>& flags, std::string_view flag) {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

// "ip:port@cport"; before Redis 4.0 without the "@cport".
bool read_endpoint(const std::string& text, slots::Endpoint& endpoint) {
    const auto at = text.rfind('@');
    const std::string client = text.substr(0, at);
    const auto colon = client.rfind(':');
    if (colon == std::string::npos) return false;
    endpoint.host = client.substr(0, colon);
    if (!read_number(std::string_view(client).substr(colon + 1), endpoint.port)) return false;
    if (at != std::string::npos)
        return read_number(std::string_view(text).substr(at + 1), endpoint.bus_port);
    constexpr std::uint16_t usual_distance = 10'000;
    endpoint.bus_port = static_cast<std::uint16_t>(endpoint.port + usual_distance);
    return true;
}

// "ip:port@cport,hostname,shard-id=...": what else is named there is of no use here.
bool read_address(const std::string& text, SavedMember& member) {
    const auto parts = split(text, ',');
    if (parts.empty() || !read_endpoint(parts[0], member.endpoint)) return false;
    if (parts.size() > 1) member.hostname = parts[1];
    constexpr std::string_view shard = "shard-id=";
    for (std::size_t i = 2; i < parts.size(); ++i) {
        if (!parts[i].starts_with(shard)) continue;
        member.shard = ShardId::parse(parts[i].substr(shard.size())).value_or(ShardId{});
    }
    return true;
}

// "[93->-id]" leaves for id, "[93-<-id]" comes from it.
bool read_open_slot(const std::string& text, State& state) {
    const auto dash = text.find('-');
    const bool whole = dash != std::string::npos && text.ends_with(']') && text.size() > dash + 4;
    if (!whole) return false;
    slots::Slot slot;
    const auto id = NodeId::parse(text.substr(dash + 3, text.size() - dash - 4));
    if (!read_number(std::string_view(text).substr(1, dash - 1), slot.number)) return false;
    if (!id || slot.number >= slots::slot_count) return false;
    const auto direction = text.substr(dash, 3);
    if (direction == "->-") state.migrating_to[slot] = *id;
    if (direction == "-<-") state.importing_from[slot] = *id;
    return direction == "->-" || direction == "-<-";
}

bool read_slots(const Line& line, SavedMember& member, State& state) {
    std::string ranges;
    for (const std::string& word : line.slots) {
        if (!word.starts_with('[')) {
            ranges += word + ' ';
        } else if (!read_open_slot(word, state)) {
            return false;
        }
    }
    if (ranges.empty()) return true;
    const auto parsed = SlotSet::parse(ranges);
    if (parsed) member.slots = *parsed;
    return static_cast<bool>(parsed);
}

bool read_role(const Line& line, const std::vector<std::string>& flags, SavedMember& member) {
    const bool replica = has(flags, "slave");
    member.role = replica ? slots::Role::replica : slots::Role::primary;
    member.failed = has(flags, "fail");
    if (line.primary == "-") return true;
    const auto primary = NodeId::parse(line.primary);
    if (replica && primary) member.primary = *primary;
    return primary.has_value();
}

bool read_member(const Line& line, Reading& reading) {
    const auto flags = split(line.flags, ',');
    if (has(flags, "handshake")) return true;
    SavedMember member;
    const auto id = NodeId::parse(line.id);
    if (!id) return fail(reading, "a node's name has 40 hexadecimal digits");
    member.id = *id;
    if (!read_address(line.address, member))
        return fail(reading, "the address is not ip:port@cport");
    if (has(flags, "noaddr")) member.endpoint.host.clear();
    if (!read_role(line, flags, member))
        return fail(reading, "the primary is neither - nor a name");
    if (!read_number(line.epoch, member.config_epoch))
        return fail(reading, "the config epoch is no number");
    if (!read_slots(line, member, reading.state))
        return fail(reading, "the slots are not as in 0-5460 9000 [93->-name]");
    if (has(flags, "myself")) {
        if (!reading.state.self.none()) return fail(reading, "two nodes are called myself");
        reading.state.self = member.id;
    }
    reading.state.members.push_back(std::move(member));
    return true;
}

// "vars currentEpoch 7 lastVoteEpoch 6"
bool read_vars(std::istream& in, Reading& reading) {
    for (std::string name, value; in >> name >> value;) {
        std::uint64_t number = 0;
        if (!read_number(value, number)) return fail(reading, "an epoch is no number");
        if (name == "currentEpoch") reading.state.current_epoch = number;
        if (name == "lastVoteEpoch") reading.state.last_vote_epoch = number;
    }
    return true;
}

bool read_line(const std::string& text, Reading& reading) {
    std::istringstream in(text);
    Line line;
    if (!(in >> line.id)) return true;
    if (line.id == "vars") return read_vars(in, reading);
    if (!(in >> line.address >> line.flags >> line.primary >> line.ping >> line.pong >>
          line.epoch >> line.link)) {
        return fail(reading, "it has fewer than eight words");
    }
    for (std::string word; in >> word;) line.slots.push_back(word);
    return read_member(line, reading);
}

SavedMember* find(State& state, const NodeId& id) {
    const auto found = std::find_if(state.members.begin(), state.members.end(),
                                    [&](const SavedMember& member) { return member.id == id; });
    return found == state.members.end() ? nullptr : &*found;
}

// Redis 7.0 does not know shards by name. A replica is in its primary's.
void name_shards(State& state, std::uint64_t seed) {
    Random random(seed);
    for (SavedMember& member : state.members) {
        const bool nameless = member.shard.none() && member.role == slots::Role::primary;
        if (nameless) member.shard = random.id<ShardId>();
    }
    for (SavedMember& member : state.members) {
        if (member.role != slots::Role::replica) continue;
        if (const SavedMember* primary = find(state, member.primary)) {
            member.shard = primary->shard;
        } else if (member.shard.none()) {
            member.shard = random.id<ShardId>();
        }
    }
}

Result<void> check_whole(State& state) {
    auto& members = state.members;
    const auto by_id = [](const SavedMember& a, const SavedMember& b) { return a.id < b.id; };
    std::sort(members.begin(), members.end(), by_id);
    const auto twice = [](const SavedMember& a, const SavedMember& b) { return a.id == b.id; };
    if (std::adjacent_find(members.begin(), members.end(), twice) != members.end())
        return Error{"ERR nodes.conf: a node is listed twice"};
    if (state.self.none()) return Error{"ERR nodes.conf: no node is called myself"};
    SlotSet taken;
    for (const SavedMember& member : members) {
        bool free = true;
        member.slots.for_each([&](slots::Slot slot) {
            free = free && !taken.contains(slot);
            taken.insert(slot);
        });
        if (!free) return Error{"ERR nodes.conf: a slot has two owners"};
    }
    return {};
}

}  // namespace

bool looks_like_nodes_conf(std::string_view text) {
    return text.find("myself") != text.npos || text.find("vars currentEpoch") != text.npos;
}

Result<State> parse_nodes_conf(std::string_view text, std::uint64_t seed) {
    if (text.find("vars currentEpoch") == text.npos || !text.ends_with('\n'))
        return Error{"ERR nodes.conf: the line 'vars currentEpoch ...' is missing; it was cut"};
    Reading reading;
    std::istringstream lines{std::string(text)};
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (read_line(line, reading)) continue;
        return Error{"ERR nodes.conf: line " + std::to_string(number) + ": " +
                     std::string(reading.problem) + ": " + line};
    }
    if (auto whole = check_whole(reading.state); !whole) return whole.error();
    State state = std::move(reading.state);
    const auto greatest = std::max_element(
        state.members.begin(), state.members.end(),
        [](const auto& a, const auto& b) { return a.config_epoch < b.config_epoch; });
    state.current_epoch = std::max(state.current_epoch, greatest->config_epoch);
    name_shards(state, seed);
    return state;
}

}  // namespace grapevine::gossip
