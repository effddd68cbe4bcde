#include "gossip/gossip.h"

#include <utility>

#include "gossip/core.h"
#include "gossip/data.h"
#include "gossip/election.h"
#include "gossip/failure.h"
#include "gossip/fence.h"
#include "gossip/handshake.h"
#include "gossip/hearing.h"
#include "gossip/heartbeat.h"
#include "gossip/kinship.h"
#include "gossip/links.h"
#include "gossip/lost_host.h"
#include "gossip/manual_failover.h"
#include "gossip/map.h"
#include "gossip/mutant.h"
#include "gossip/orders.h"
#include "gossip/replica_migration.h"
#include "gossip/report.h"
#include "gossip/saving.h"
#include "gossip/serving.h"
#include "gossip/speech.h"
#include "gossip/twins.h"
#include "gossip/view.h"
#include "gossip/voting.h"
#include "gossip/witnesses.h"
#include "slots/check.h"

namespace grapevine::gossip {
namespace {

// Before anything else: what time is it, and were we stopped?
void enter(Core& core, Instant now) {
    GRAPEVINE_CHECK(now >= core.now, "time does not step back");
    const Duration gap = now - core.last_tick;
    core.now = now;
    if (gap <= 2 * core.timing().tick) return;
    forgive(core, gap - core.timing().tick);
    core.last_tick = now;
}

// After everything: what follows from what has changed, and what is to be done about it.
Effects leave(Core& core) {
    if (!core.is_copy) step_manual_failover(core);
    if (!core.is_copy) step_election(core);
    core.pulses = should_pulse(core);
    note_recognition(core);
    judge_serving(core);
    note_seat(core);
    save_changes(core);
    publish_map(core);
    resume_writes(core);
    return std::exchange(core.effects, {});
}

// What the shell cannot know yet when it starts.
void start(Core& core) {
    core.started = true;
    const Member* primary = core.members.find(core.self().primary);
    if (primary == nullptr) return;
    announce_primary(core, *primary);
}

void drop_expired(std::map<NodeId, Instant>& until, Instant now) {
    std::erase_if(until, [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace

Core::Core(Settings settings_given, const State& state, bool restarted_from_disk,
           std::uint64_t seed, Instant started_at)
    : settings(std::move(settings_given)),
      random(seed),
      process(process_from(seed)),
      recognised(!restarted_from_disk),
      members(restored_self(state, settings)),
      current_epoch(state.current_epoch),
      last_vote_epoch(state.last_vote_epoch),
      migrating_to(state.migrating_to),
      importing_from(state.importing_from),
      graves(state.graves),
      kin(kin_from(state, random)),
      data_at(started_at),
      unsaved(!restarted_from_disk || state.kin.cluster == 0),
      born(started_at),
      restarted(restarted_from_disk),
      now(started_at),
      last_tick(started_at),
      last_random_ping(started_at) {
    restore_members(*this, state);
    spoken = claim_of(*this);
    if (restarted && members.votes(self())) serves_from = now + timing().writable_delay;
    topology = map_of(*this);
}

Gossip::Gossip(Settings settings, const State& state, bool restarted, std::uint64_t seed,
               Instant now)
    : core_(std::make_unique<Core>(std::move(settings), state, restarted, seed, now)) {}

Gossip::~Gossip() = default;
Gossip::Gossip(Gossip&&) noexcept = default;
Gossip& Gossip::operator=(Gossip&&) noexcept = default;

Effects Gossip::tick(Instant now) {
    enter(*core_, now);
    core_->last_tick = now;
    if (!core_->started) start(*core_);
    drop_expired(core_->banned, now);
    drop_expired(core_->pardoned, now);
    drop_old_votes(*core_);
    drop_late_handshakes(*core_);
    if (core_->is_copy) return leave(*core_);
    keep_links(*core_);
    sum_view(*core_);
    look_for_the_hot(*core_);
    core_->map_changed = core_->map_changed || std::exchange(core_->links_changed, false);
    choose_witnesses(*core_);
    ping_peers(*core_);
    judge_silence(*core_);
    judge_lost_hosts(*core_);
    migrate_replica(*core_);
    settle_kin(*core_);
    return leave(*core_);
}

LinkId Gossip::accepted(std::string remote, std::string local, Instant now) {
    enter(*core_, now);
    return accept(*core_, std::move(remote), std::move(local));
}

Effects Gossip::link_event(LinkId link, LinkEvent event, Instant now) {
    enter(*core_, now);
    gossip::link_event(*core_, link, event);
    return leave(*core_);
}

Effects Gossip::receive(LinkId link, const Message& message, Instant now) {
    enter(*core_, now);
    hear(*core_, link, message);
    return leave(*core_);
}

Effects Gossip::saved(Generation generation, Instant now) {
    enter(*core_, now);
    release_saved(*core_, generation);
    return leave(*core_);
}

Obeyed Gossip::obey(const Order& order, Instant now) {
    enter(*core_, now);
    Result<std::string> reply = carry_out(*core_, order);
    Effects effects = leave(*core_);
    const bool open = reply && promises(order) && core_->saved < core_->issued;
    const bool waits = open && !GRAPEVINE_MUTANT(reply_before_save);
    return {std::move(reply), waits ? core_->issued : 0, std::move(effects)};
}

Effects Gossip::publish(Publish message, Instant now) {
    enter(*core_, now);
    const Member* primary = core_->members.primary_of(core_->self());
    core_->members.for_each_peer([&](Member& member) {
        const bool same_shard = core_->members.primary_of(member) == primary;
        if (!member.handshake && (!message.sharded || same_shard)) say(*core_, member, message);
    });
    return leave(*core_);
}

Effects Gossip::replication(const Replication& replication, Instant now) {
    enter(*core_, now);
    const bool just_held = replication.writes_held && !core_->replication.writes_held;
    note_replication(*core_, replication);
    Member* replica = core_->members.find(core_->manual.replica);
    if (just_held && core_->manual.active && replica != nullptr) ping(*core_, *replica);
    return leave(*core_);
}

Effects Gossip::configure(Settings settings, Instant now) {
    enter(*core_, now);
    core_->settings = std::move(settings);
    Member& self = core_->self();
    if (!core_->settings.announce.host.empty()) self.endpoint.host = core_->settings.announce.host;
    self.endpoint.port = core_->settings.announce.port;
    self.endpoint.bus_port = core_->settings.announce.bus_port;
    self.hostname = core_->settings.hostname;
    self.no_failover = core_->settings.replica_no_failover;
    core_->must_save();
    return leave(*core_);
}

Status Gossip::status(Instant now) const {
    core_->now = std::max(core_->now, now);
    return status_of(*core_);
}

Instant Gossip::lease() const {
    return lease_end(*core_);
}

slots::TopologyPtr Gossip::topology() const {
    return core_->topology;
}

const NodeId& Gossip::self() const {
    return core_->self().id;
}

}  // namespace grapevine::gossip
