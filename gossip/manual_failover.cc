#include "gossip/manual_failover.h"

#include "gossip/claims.h"
#include "gossip/data.h"
#include "gossip/heartbeat.h"
#include "gossip/mutant.h"
#include "gossip/speech.h"

namespace grapevine::gossip {
namespace {

using Mode = Failover::Mode;

bool holds_writes(const Core& core) {
    return core.manual.active && !core.manual.replica.none();
}

ManualFailover begin(const Core& core) {
    ManualFailover manual;
    manual.active = true;
    manual.ends_at = core.now + core.timing().manual_failover;
    return manual;
}

void take_over_alone(Core& core) {
    if (!GRAPEVINE_MUTANT(takeover_without_epoch)) bump_epoch(core);
    core.happened(Event::Kind::manual_failover, core.self().primary, "takeover",
                  core.current_epoch);
    take_over(core);
}

}  // namespace

Result<std::string> start_manual_failover(Core& core, Mode mode) {
    const Member& self = core.self();
    if (self.role == Role::primary) {
        return Error{"ERR You should send CLUSTER FAILOVER to a replica"};
    }
    const Member* primary = core.members.find(self.primary);
    if (primary == nullptr) return Error{"ERR I'm a replica but my master is unknown to me"};
    if (mode == Mode::agreed && (primary->failed || !primary->link_up)) {
        return Error{"ERR Master is down or failed, please use CLUSTER FAILOVER FORCE"};
    }
    if (mode == Mode::agreed && core.keeps_data_since) {
        return Error{
            "ERR My master has lost data that I have: CLUSTER FAILOVER FORCE goes on with "
            "mine, CLUSTER REPLICATE takes over my master's"};
    }
    end_manual_failover(core);
    if (mode == Mode::takeover) {
        take_over_alone(core);
        return std::string("OK");
    }
    core.manual = begin(core);
    core.manual.ready = mode == Mode::forced;
    core.election = {};
    core.happened(Event::Kind::manual_failover, primary->id,
                  core.manual.ready ? "forced by an operator" : "started by an operator");
    if (mode == Mode::agreed) say(core, *primary, PauseRequest{});
    return std::string("OK");
}

void hold_writes(Core& core, const Member& replica) {
    if (core.self().role != Role::primary || replica.primary != core.self().id) return;
    const bool held = holds_writes(core);
    core.manual = begin(core);
    core.manual.replica = replica.id;
    if (held) return;
    core.writes_resume = false;
    core.happened(Event::Kind::manual_failover, replica.id, "holds writes for it");
    core.effects.announce.push_back(WritesPaused{});
}

void note_paused_offset(Core& core, const Member& sender, const Header& header) {
    const bool waited_for = core.manual.active && !core.manual.ready && header.paused &&
                            sender.id == core.self().primary && !core.manual.paused_offset;
    if (waited_for) core.manual.paused_offset = header.offset;
}

void step_manual_failover(Core& core) {
    ManualFailover& manual = core.manual;
    if (!manual.active) return;
    if (core.now > manual.ends_at) {
        core.happened(Event::Kind::manual_failover, {}, "given up: it took too long");
        core.election = {};
        end_manual_failover(core);
        // Votes may have been given while the writes were held: who has voted will say so.
        if (core.self().role == Role::replica) return;
        return core.members.for_each_peer([&](Member& member) { renew_contact(core, member); });
    }
    if (core.self().role != Role::replica || !manual.paused_offset) return;
    const bool caught_up = !core.keeps_data_since && data_offset(core) >= *manual.paused_offset;
    manual.ready = manual.ready || caught_up || GRAPEVINE_MUTANT(failover_before_offset);
}

void end_manual_failover(Core& core) {
    const bool held = holds_writes(core);
    core.manual = {};
    core.writes_resume = core.writes_resume || held;
}

void resume_writes(Core& core) {
    if (!core.writes_resume || core.map_changed) return;
    core.writes_resume = false;
    if (!GRAPEVINE_MUTANT(writes_held_for_ever)) {
        core.effects.announce.push_back(WritesResumed{});
    }
}

}  // namespace grapevine::gossip
