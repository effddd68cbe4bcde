#include "gossip/state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <utility>

#include "gossip/mutant.h"
#include "gossip/random.h"

namespace grapevine::gossip {
namespace {

constexpr std::string_view first_line = "grapevine-state 1";

std::uint64_t checksum(std::string_view text) {  // FNV-1a, 64 bits.
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char c : text) sum = (sum ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    return sum;
}

std::string or_dash(std::string_view text) {
    return text.empty() ? "-" : std::string(text);
}
std::string from_dash(std::string text) {
    return text == "-" ? "" : text;
}

void write_member(std::ostream& out, const SavedMember& member) {
    out << "node " << member.id.text() << ' ' << or_dash(member.shard.text()) << ' '
        << or_dash(member.endpoint.host) << ' ' << member.endpoint.port << ' '
        << member.endpoint.bus_port << ' ' << or_dash(member.hostname) << ' '
        << (member.role == slots::Role::primary ? "primary" : "replica") << ' '
        << or_dash(member.primary.text()) << ' ' << member.config_epoch << ' '
        << (member.failed ? "failed" : "fine") << ' ' << or_dash(to_string(member.slots)) << '\n';
}

void write_open(std::ostream& out, std::string_view word,
                const std::map<slots::Slot, NodeId>& open) {
    for (const auto& [slot, id] : open) {
        out << word << ' ' << slot.number << ' ' << id.text() << '\n';
    }
}

void write_votes(std::ostream& out, const std::map<NodeId, SavedVote>& votes) {
    if (GRAPEVINE_MUTANT(candidate_not_kept)) return;
    for (const auto& [primary, vote] : votes) {
        out << "against " << primary.text() << ' ' << vote.epoch << ' '
            << or_dash(vote.candidate.text());
        if (!vote.original.none()) out << ' ' << vote.original.text();
        out << '\n';
    }
}

template <typename Id>
bool read_id(std::istream& in, Id& id) {
    std::string text;
    in >> text;
    if (text == "-") return true;
    const auto parsed = Id::parse(text);
    if (parsed) id = *parsed;
    return parsed.has_value();
}

// One of two words.
bool read_choice(std::istream& in, std::string_view yes, std::string_view no, bool& chosen) {
    std::string text;
    in >> text;
    chosen = text == yes;
    return chosen || text == no;
}

bool read_slots(std::istream& in, SlotSet& into) {
    std::string text;
    std::getline(in >> std::ws, text);
    if (text == "-") return true;
    auto parsed = SlotSet::parse(text);
    if (parsed) into = *parsed;
    return static_cast<bool>(parsed);
}

bool read_member(std::istream& in, State& state) {
    SavedMember member;
    bool is_primary = false;
    if (!read_id(in, member.id) || !read_id(in, member.shard)) return false;
    in >> member.endpoint.host >> member.endpoint.port >> member.endpoint.bus_port >>
        member.hostname;
    member.endpoint.host = from_dash(member.endpoint.host);
    member.hostname = from_dash(member.hostname);
    if (!read_choice(in, "primary", "replica", is_primary)) return false;
    member.role = is_primary ? slots::Role::primary : slots::Role::replica;
    if (!read_id(in, member.primary) || !(in >> member.config_epoch)) return false;
    if (!read_choice(in, "failed", "fine", member.failed)) return false;
    if (!read_slots(in, member.slots) || member.id.none()) return false;
    state.members.push_back(std::move(member));
    return true;
}

bool read_open(std::istream& in, std::map<slots::Slot, NodeId>& open) {
    slots::Slot slot;
    NodeId id;
    if (!(in >> slot.number) || slot.number >= slots::slot_count || !read_id(in, id)) return false;
    open[slot] = id;
    return true;
}

bool read_vote(std::istream& in, std::map<NodeId, SavedVote>& votes) {
    NodeId primary;
    SavedVote vote;
    if (!read_id(in, primary) || !(in >> vote.epoch) || !read_id(in, vote.candidate)) return false;
    if (!(in >> std::ws).eof() && !read_id(in, vote.original)) return false;
    votes[primary] = vote;
    return !primary.none();
}

bool read_grave(std::istream& in, State& state) {
    NodeId id;
    std::uint64_t count = 0;
    if (!read_id(in, id) || !(in >> count)) return false;
    state.graves[id] = count;
    return !id.none();
}

bool read_heir(std::istream& in, State& state) {
    NodeId id;
    if (!read_id(in, id)) return false;
    state.heirs.insert(id);
    return !id.none();
}

bool read_displaced(std::istream& in, State& state) {
    NodeId by, owner;
    if (!read_id(in, by) || !read_id(in, owner)) return false;
    state.displaced[by] = owner;
    return !by.none() && !owner.none();
}

bool read_replaced(std::istream& in, State& state) {
    std::string mark;
    if (!read_id(in, state.replaced)) return false;
    state.was_heir = static_cast<bool>(in >> mark);
    return mark.empty() || mark == "heir";
}

bool read_kin(std::istream& in, Kin& kin) {
    return (in >> kin.cluster) && read_choice(in, "settled", "forming", kin.settled) &&
           kin.cluster != 0;
}

bool read_line(const std::string& line, State& state) {
    std::istringstream in(line);
    std::string word;
    in >> word;
    if (word == "self") return read_id(in, state.self);
    if (word == "epoch") return static_cast<bool>(in >> state.current_epoch);
    if (word == "vote") return static_cast<bool>(in >> state.last_vote_epoch);
    if (word == "against") return read_vote(in, state.votes);
    if (word == "node") return read_member(in, state);
    if (word == "migrating") return read_open(in, state.migrating_to);
    if (word == "grave") return read_grave(in, state);
    if (word == "heir") return read_heir(in, state);
    if (word == "displaced") return read_displaced(in, state);
    if (word == "replaced") return read_replaced(in, state);
    if (word == "cluster") return read_kin(in, state.kin);
    if (word == "importing") return read_open(in, state.importing_from);
    return false;
}

// The lines between the first and the checksum.
Result<std::string_view> sealed_part(std::string_view text) {
    if (text.substr(0, text.find('\n')) != first_line) {
        return Error{"ERR cluster state: the first line is not '" + std::string(first_line) + "'"};
    }
    const auto seal = text.rfind("checksum ");
    std::uint64_t sum = 0;
    if (seal == std::string_view::npos || text.back() != '\n') {
        return Error{"ERR cluster state: the checksum at the end is missing; the text was cut"};
    }
    const auto [end, error] =
        std::from_chars(text.data() + seal + 9, text.data() + text.size(), sum, 16);
    const bool fits = sum == checksum(text.substr(0, seal)) || GRAPEVINE_MUTANT(checksum_ignored);
    if (error != std::errc{} || *end != '\n' || !fits) {
        return Error{"ERR cluster state: the checksum does not fit; the text was changed"};
    }
    return text.substr(first_line.size() + 1, seal - first_line.size() - 1);
}

bool knows_itself(const State& state) {
    const auto is_self = [&](const SavedMember& member) { return member.id == state.self; };
    return std::count_if(state.members.begin(), state.members.end(), is_self) == 1;
}

bool is_sorted_by_id(const std::vector<SavedMember>& members) {
    const auto out_of_order = [](const auto& a, const auto& b) { return a.id >= b.id; };
    return std::adjacent_find(members.begin(), members.end(), out_of_order) == members.end();
}

}  // namespace

State State::fresh(std::uint64_t seed) {
    Random random(seed);
    State state;
    state.self = random.id<NodeId>();
    SavedMember self;
    self.id = state.self;
    self.shard = random.id<ShardId>();
    state.members.push_back(self);
    return state;
}

std::string to_text(const State& state) {
    std::ostringstream out;
    out << first_line << "\nself " << state.self.text() << "\nepoch " << state.current_epoch
        << "\nvote " << (GRAPEVINE_MUTANT(vote_not_kept) ? 0 : state.last_vote_epoch) << '\n';
    write_votes(out, state.votes);
    for (const SavedMember& member : state.members) write_member(out, member);
    write_open(out, "migrating", state.migrating_to);
    write_open(out, "importing", state.importing_from);
    for (const auto& [id, count] : state.graves) {
        out << "grave " << id.text() << ' ' << count << '\n';
    }
    for (const NodeId& id : state.heirs) out << "heir " << id.text() << '\n';
    for (const auto& [by, owner] : state.displaced) {
        out << "displaced " << by.text() << ' ' << owner.text() << '\n';
    }
    if (!state.replaced.none()) {
        out << "replaced " << state.replaced.text() << (state.was_heir ? " heir\n" : "\n");
    }
    if (state.kin.cluster != 0) {
        out << "cluster " << state.kin.cluster << (state.kin.settled ? " settled\n" : " forming\n");
    }
    std::string text = out.str();
    std::ostringstream seal;
    seal << "checksum " << std::hex << checksum(text) << '\n';
    return text + seal.str();
}

Result<State> parse_state(std::string_view text) {
    const auto part = sealed_part(text);
    if (!part) return part.error();
    State state;
    std::istringstream lines{std::string(*part)};
    std::size_t number = 1;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (read_line(line, state)) continue;
        return Error{"ERR cluster state: line " + std::to_string(number) +
                     " cannot be read: " + line};
    }
    if (!knows_itself(state) || !is_sorted_by_id(state.members)) {
        return Error{"ERR cluster state: each node, and 'self' among them, must be listed once"};
    }
    return state;
}

}  // namespace grapevine::gossip
