#include "gossip/lost_host.h"

#include <algorithm>

#include "gossip/failure.h"
#include "gossip/mutant.h"
#include "gossip/witnesses.h"

namespace grapevine::gossip {
namespace {

// A process that does not answer is not asked again: what it has been sent says enough, and must
// not fill its kernel's buffers.
constexpr std::size_t most_unanswered = 4;
// Answers in time that make up for one that was late.
constexpr unsigned penance = 20;
// Of the upper byte of the capabilities.
constexpr unsigned lease_shift = 8;
constexpr unsigned most_exponent = 15;

bool is_slow(const Member& member) {
    return member.penance > 0;
}

bool relies_on_us(const Core& core, const Member& member) {
    return member.relied_until && core.now < *member.relied_until;
}

// Who is asked rarely has nothing to say before it is asked.
Instant silent_since(const Core& core, const Member& member) {
    if (are_paired(core, member)) return member.heard_at;
    const Instant asked_at = member.asked.empty() ? core.now : member.asked.front().at;
    return std::max(member.heard_at, asked_at);
}

bool is_lost(const Core& core, const Member& member) {
    if (!member.unacknowledged && !GRAPEVINE_MUTANT(silence_accuses)) return false;
    const Duration silence = core.now - silent_since(core, member);
    const bool silent =
        silence >= core.timing().host_silence || GRAPEVINE_MUTANT(promise_too_short);
    return silent && member.pong_received && !is_slow(member) && !relies_on_us(core, member);
}

}  // namespace

bool should_pulse(const Core& core) {
    return core.members.votes(core.self()) && should_pulse(core.settings);
}

bool should_pulse(const Settings& settings) {
    return settings.host_evidence && settings.timing.has_short_lease();
}

bool needs_pulse(const Core& core, const Member& member) {
    return are_paired(core, member) &&
           is_pulse_due(core.timing(), member.asked.size(), core.now - member.asked_at);
}

bool is_pulse_due(const Timing& timing, std::size_t unanswered, Duration since_asked) {
    return unanswered < most_unanswered && since_asked >= timing.pulse;
}

void note_round_trip(const Core& core, Member& member, Duration taken) {
    if (taken > core.timing().quick_answer) {
        member.penance = penance;
    } else if (member.penance > 0) {
        --member.penance;
    }
}

Duration lease_for(const Core& core, const Member& member) {
    const bool asks_often = !member.witnesses || is_witness(member.witnesses, core.self().id);
    const bool keeps_short_ones = core.pulses && member.pulses && asks_often && !is_slow(member);
    return keeps_short_ones ? core.timing().lease : long_lease(core);
}

std::uint16_t lease_mark(Duration lease) {
    if (lease < Duration{17}) return 0;  // 16 ms would be 0 as well.
    unsigned exponent = 0;
    auto mantissa = static_cast<std::uint64_t>(lease.count());
    for (; mantissa > 31 && exponent < most_exponent; mantissa /= 2) ++exponent;
    mantissa = std::min<std::uint64_t>(mantissa, 31);
    return static_cast<std::uint16_t>((exponent << 4 | (mantissa - 16)) << lease_shift);
}

std::optional<Duration> lease_from(std::uint16_t capabilities) {
    const unsigned mark = capabilities >> lease_shift;
    if (mark == 0) return {};
    return Duration{(16 + (mark & 15)) << (mark >> 4)};
}

std::optional<Duration> told_lease(const Core& core, std::uint16_t capabilities) {
    const bool redis = (capabilities & knows_grapevine) == 0;
    if (redis || GRAPEVINE_MUTANT(told_lease_ignored)) return core.timing().fence();
    const auto lease = lease_from(capabilities);
    return lease ? std::min(*lease, long_lease(core)) : lease;
}

void judge_lost_hosts(Core& core) {
    if (!should_pulse(core.settings)) return;
    core.members.for_each_peer([&](Member& member) {
        if (member.handshake || !member.reachable() || !is_lost(core, member)) return;
        if (hears_enough(core)) accuse(core, member, "its host does not acknowledge anything");
    });
}

}  // namespace grapevine::gossip
