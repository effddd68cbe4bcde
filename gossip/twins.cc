#include "gossip/twins.h"

#include <algorithm>
#include <utility>

#include "gossip/failure.h"
#include "gossip/heartbeat.h"
#include "gossip/links.h"
#include "gossip/lost_host.h"
#include "gossip/mutant.h"
#include "gossip/random.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

using Kind = Event::Kind;
// In a message: see gossip/layout.h.
constexpr std::uint64_t process_mask = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t unknown_process = ~std::uint64_t{0};  // Nobody has it.

bool has_spoken_on(const Member& member, const Link& link) {
    return link.peer == member.id && link.process && link.process == member.process;
}

// No doubt about it: two live processes do not share an address. Links alone are also ended by live
// ones that have no answers on them, and by firewalls.
bool is_seen_to_end(const Member& member, const slots::Endpoint& other) {
    return member.departed && member.endpoint == other;
}

// Its links have ended: where that is evidence, or its very address is that of the other.
bool has_ended(const Core& core, const Member& member, const slots::Endpoint& other) {
    return is_seen_to_end(member, other) || (member.departed && core.settings.crash_evidence);
}

bool is_gone(const Core& core, const Member& member, const slots::Endpoint& other) {
    return has_crashed(core, member) || has_ended(core, member, other);
}

// Nor has it promised us anything that still holds: it was silent for too long.
bool holds_nothing(const Core& core, const Member& member) {
    const Duration silence = core.timing().hold_off(lease_for(core, member));
    return core.now - member.heard_at >= silence && !may_count_on_us(core, member);
}

bool may_be_replaced(const Core& core, const Member& member, const slots::Endpoint& other) {
    return is_gone(core, member, other) || holds_nothing(core, member) ||
           GRAPEVINE_MUTANT(twin_welcome);
}

void end_link(Core& core, LinkId id) {
    const Link link = core.links.at(id);
    Member* called = link.outbound ? core.members.find(link.peer) : nullptr;
    if (called != nullptr) return drop_link(core, *called);
    core.effects.close.push_back(id);
    core.links.erase(id);
}

slots::Endpoint place_of(const Core& core, LinkId id, const Header& header) {
    const Link& link = core.links.at(id);
    const Member* called = link.outbound ? core.members.find(link.peer) : nullptr;
    const std::string& seen = called == nullptr ? link.remote : called->endpoint.host;
    return {header.host.empty() ? seen : header.host, header.port, header.bus_port};
}

void turn_away(Core& core, LinkId id, Member& member, std::uint64_t process,
               const slots::Endpoint& place) {
    if (member.twin.process != process) {
        constexpr std::size_t most_questions = 4;  // That a stranger makes us ask.
        member.twin = {process, core.now, false, place};
        if (member.asked.size() < most_questions) ping(core, member);
    }
    if (member.twin.lives && !core.links.at(id).outbound) {
        return tell_copy(core, id, member);  // It closes the link itself, when it has heard it.
    }
    end_link(core, id);
}

// Who could know whether we are a copy. Who had failed by what the disk says could not hear the
// original either.
template <typename What>
std::size_t count_other_voters(const Core& core, What what) {
    std::size_t count = 0;
    core.members.for_each_owner([&](const Member& member) {
        const bool other = &member != &core.self() && core.members.votes(member);
        count += other && !was_failed_before(core, member) && what(member) ? 1 : 0;
    });
    return count;
}
std::size_t other_voters(const Core& core) {
    return count_other_voters(core, [](const Member&) { return true; });
}

bool is_in_touch(const Core& core, const Member& member) {
    return member.contact_until && core.now < *member.contact_until && !member.severed;
}

void take_no_part(Core& core, const std::string& where) {
    core.is_copy = true;
    core.members.for_each_peer([&](Member& member) { drop_link(core, member); });
    for (const auto& [id, link] : core.links) core.effects.close.push_back(id);
    core.links.clear();
    core.effects.send.clear();
    if (core.self().role == Role::replica) core.effects.announce.push_back(KeepData{});
    core.map_changed = true;
    core.happened(Kind::message_refused, core.self().id,
                  "another process" + where +
                      " has this node's name: this one takes no part until it is started again, "
                      "or CLUSTER RESET HARD");
}

void note_twin_of_ours(Core& core, std::uint64_t process, const std::string& where) {
    if (std::exchange(core.twin, process) == process) return;
    core.happened(Kind::message_refused, core.self().id,
                  "another process" + where +
                      " has this node's name: stop one of them, and CLUSTER RESET HARD a copy");
}

// Where the other process is, as the teller knows.
std::string other_place(const Core& core, const Message& message) {
    const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
    if (heartbeat == nullptr) return {};
    for (const Rumour& rumour : heartbeat->rumours) {
        const slots::Endpoint place{rumour.host, rumour.port, rumour.bus_port};
        if (rumour.id == core.self().id) return " at " + to_string(place);
    }
    return {};
}

}  // namespace

std::uint64_t process_from(std::uint64_t seed) {
    return (Random(~seed).next() & process_mask) | 1;
}

bool is_of_our_member(Core& core, LinkId id, Member& member, const Header& header) {
    Link& link = core.links.at(id);
    const auto spoke_before = std::exchange(link.process, header.process);
    if (member.process == header.process) return true;
    const bool known = !link.outbound && link.peer == member.id;
    const bool late = known && spoke_before == header.process;  // One that lives would call again.
    if (late && !GRAPEVINE_MUTANT(twin_welcome)) {
        end_link(core, id);
        return false;
    }
    // Still the same process, which announces a shorter or a longer host.
    const bool renumbered = known && spoke_before == member.process;
    const slots::Endpoint place = place_of(core, id, header);
    if (member.process && !renumbered && !may_be_replaced(core, member, place)) {
        turn_away(core, id, member, header.process, place);
        return false;
    }
    member.last_ended = member.process && is_seen_to_end(member, place);
    member.process = header.process;
    member.twin = {};
    return true;
}

bool is_of_twin(const Core& core, const Header& header) {
    return header.process != 0 && header.process != core.process;
}

void hear_twin_of_ours(Core& core, LinkId id, const Message& message) {
    const Header& header = message.header;
    if (!is_of_twin(core, header)) return;
    const bool called = !core.links.at(id).outbound;
    if (!called && is_told_to_be_copy(core, message) && core.is_copy) return;
    note_twin_of_ours(core, header.process, " at " + to_string(place_of(core, id, header)));
    if (called && core.recognised) tell_copy(core, id, core.self());
    if (called && !core.recognised) answer(core, id, nullptr, header);  // So it hears who is here.
}

bool is_told_to_be_copy(Core& core, const Message& message) {
    if ((message.header.capabilities & another_has_your_name) == 0) return false;
    if (!core.recognised) {
        take_no_part(core, other_place(core, message));
    } else if (core.twin == 0) {
        note_twin_of_ours(core, unknown_process, other_place(core, message));
    }
    return true;
}

void note_sign_of_life(Core& core, Member& member, Instant asked_at) {
    Twin& twin = member.twin;
    if (twin.process == 0 || twin.lives || asked_at < twin.first_at) return;
    twin.lives = true;
    core.happened(Kind::message_refused, member.id,
                  "another process at " + to_string(twin.place) +
                      " uses its name: stop one of them, and CLUSTER RESET HARD a copy");
}

void note_end(Core& core, const Link& link) {
    Member* member = core.members.find(link.peer);
    if (member == nullptr || !has_spoken_on(*member, link)) return;
    member->departed = std::none_of(core.links.begin(), core.links.end(), [&](const auto& other) {
        return has_spoken_on(*member, other.second);
    });
}

void note_recognition(Core& core) {
    if (core.recognised || core.is_copy) return;
    const std::size_t others = other_voters(core);
    bool was_seen = false;
    const std::size_t in_touch = count_other_voters(core, [&](const Member& member) {
        const bool counts = is_in_touch(core, member);
        was_seen = was_seen || (counts && member.saw_us_begin);
        return counts;
    });
    const std::size_t voices = in_touch + (core.members.votes(core.self()) ? 1 : 0);
    // Who votes alone has waited for its replicas to tell it.
    core.recognised = in_touch > others / 2 || (others == 0 && core.serving) ||
                      (was_seen && voices >= core.members.quorum());
}

bool must_be_recognised(const Core& core) {
    return !core.recognised && other_voters(core) > 0 && !GRAPEVINE_MUTANT(twin_welcome);
}

bool may_turn_us_away(const Core& core, const Member& member) {
    const Timing& timing = core.timing();
    const Duration longest = 2 * timing.hold_off(long_lease(core)) + timing.reconnect_limit;
    return core.restarted && member.turned_us_away && core.now - core.born < longest;
}

}  // namespace grapevine::gossip
