#include "node/replication/replication.h"

#include <utility>

#include "node/observe/log.h"

namespace grapevine::node::replication {
namespace {

std::vector<commands::Keeper*> keepers_of(const std::vector<Replication::Worker>& workers) {
    std::vector<commands::Keeper*> keepers;
    for (const auto& worker : workers) keepers.push_back(worker.keeper);
    return keepers;
}

// Of its shard's data. Nobody has counted keys that come without an offset.
std::optional<Offset> found(const Replication::Loaded& loaded) {
    if (loaded.saved) return loaded.saved;
    const bool counted = !loaded.lineage.id.none() && loaded.offset > 0;
    if (loaded.has_keys && !counted) return {};
    return counted ? loaded.offset : 0;
}

void call(const std::function<void()>& function) {
    if (function) function();
}

}  // namespace

Replication::Replication(journal::Journal& journal, std::vector<Worker> workers, Lookup lookup,
                         Settings settings)
    : journal_(journal),
      workers_(std::move(workers)),
      keepers_(keepers_of(workers_)),
      lookup_(lookup),
      settings_(std::move(settings)),
      primary_(journal, keepers_, settings_, {.changed = [this] { changed(); }}),
      every_second_(journal.loop(), [this] { each_second(); }) {
    journal_.backlog().set_keep(settings_.backlog_bytes);
    journal_.on_growth([this] {
        primary_.pump();
        refresh_offset();
    });
    every_second_.every(1000);
    changed();
}

Replication::~Replication() = default;

void Replication::configure(Settings settings) {
    journal_.loop().post([this, settings = std::move(settings)]() mutable {
        settings_ = std::move(settings);
        journal_.backlog().set_keep(settings_.backlog_bytes);
    });
}

void Replication::stop(std::function<void()> done) {
    journal_.loop().post([this, done = std::move(done)] {
        every_second_.stop();
        primary_.set_serving(false);
        primary_.drop_all("this node stops");
        upstream_.reset();
        journal_.barrier({}, [done](Offset) { call(done); });
    });
}

// --- Roles.

void Replication::follow(Target target, std::function<void()> done) {
    journal_.loop().post(
        [this, target = std::move(target), done = std::move(done)] { follow_now(target, done); });
}

void Replication::follow_now(const Target& target, const std::function<void()>& done) {
    target_ = target;
    const bool same =
        upstream_ && upstream_->host() == target.host && upstream_->port() == target.port;
    if (same && !upstream_->keeps_data()) {
        if (target.ordered) upstream_->obey();
        changed();
        return call(done);
    }
    log::notice("becomes a replica primary={}:{}", target.host, target.port);
    const auto turn = ++turn_;
    before_ = shard_of_data();
    auto past = upstream_ ? upstream_->past() : past_here(target);
    past.saved_of_shard = !before_.none() && before_ == target.shard;
    past.of_shard = target.of_shard;
    past.ordered = target.ordered;
    if (role_ == Role::replica && !workers_stop_) {
        upstream_.reset();
        connect(target, std::move(past));
        return call(done);
    }
    role_ = Role::replica;
    workers_stop_ = true;
    primary_.set_serving(false);
    primary_.drop_all("this node becomes a replica");
    journal_.barrier([this](unsigned worker) { become_replica(worker); },
                     [this, target, past, done, turn](Offset) {
                         journal_.set_source(journal::Journal::Source::primary);
                         if (turn == turn_) {
                             workers_stop_ = false;
                             connect(target, past);
                         }
                         call(done);
                     });
}

Past Replication::past_here(const Target& target) const {
    return {.known = primary_.recording(),
            .lost_writes = target.lost_writes,
            .confirmed = primary_.best_confirmed(),
            .saved = saved_.value_or(0)};
}

bool Replication::knows_history() const {
    return upstream_ ? upstream_->known() : primary_.recording();
}

void Replication::connect(const Target& target, Past past) {
    primary_.set_recording(past.known);
    upstream_ = std::make_unique<Upstream>(
        journal_, keepers_, lookup_, settings_, target.host, target.port, std::move(past),
        Upstream::Events{.changed = [this] { changed(); },
                         .moved = [this] { refresh_offset(); },
                         .new_history =
                             [this] {
                                 primary_.drop_all("the primary's history changed");
                                 if (upstream_->known()) return;
                                 primary_.forget_confirmed();
                                 saved_.reset();
                                 before_ = target_.shard;
                             }});
    changed();
}

void Replication::promote(std::function<void()> done) {
    journal_.loop().post([this, done = std::move(done)] { promote_now(done); });
}

void Replication::promote_now(const std::function<void()>& done) {
    if (role_ == Role::primary) return call(done);
    log::notice("becomes a primary offset={}", journal_.end());
    const bool known = knows_history();
    ++turn_;
    upstream_.reset();
    role_ = Role::primary;
    journal_.barrier(
        [this](unsigned worker) {
            keepers_[worker]->set_replica(false);
            keepers_[worker]->effects().listen(true);
            workers_[worker].standing({});
        },
        [this, known, done](Offset offset) {
            journal_.set_source(journal::Journal::Source::workers);
            journal_.set_database(-1);
            const auto id = journal::random_replication_id();
            known ? journal_.lineage().rename(id, offset) : journal_.lineage().replace(id);
            if (known) primary_.inherit(offset);
            primary_.set_recording(true);
            primary_.set_serving(true);
            changed();
            call(done);
        });
}

void Replication::begin(Role role, slots::ShardId shard, const Target& primary,
                        const std::optional<Loaded>& loaded) {
    role_ = role;
    shard_ = shard;
    target_ = primary;
    for (auto* keeper : keepers_) changes_then_ += keeper->databases().changes();
    if (loaded) {
        go_on_from(*loaded);
    } else {
        saved_ = 0;
    }
    if (role == Role::replica) {  // It changes nothing of its own before it follows.
        journal_.set_source(journal::Journal::Source::primary);
        primary_.set_serving(false);
        for (unsigned i = 0; i < workers_.size(); ++i) become_replica(i);
    }
    changed();
}

void Replication::go_on_from(const Loaded& loaded) {
    if (!loaded.shard.none() && !shard_.none() && loaded.shard != shard_) {
        log::warn(
            "the data on the disk is of another shard: it counts as none of this one's "
            "shard={} of={}",
            shard_.text(), loaded.shard.text());
        saved_ = 0;
        return;
    }
    before_ = loaded.shard;
    saved_ = found(loaded);
    if (loaded.lineage.id.none()) return;
    journal_.lineage() = loaded.lineage;
    journal_.backlog().restart(loaded.offset);
    primary_.set_recording(true);
    if (role_ == Role::replica) return journal_.set_database(loaded.database);
    journal_.lineage().rename(journal::random_replication_id(), loaded.offset);
    for (auto* keeper : keepers_) keeper->effects().listen(true);
}

void Replication::become_replica(unsigned worker) {
    keepers_[worker]->effects().listen(false);
    keepers_[worker]->set_replica(true);
    workers_[worker].standing({.role = Role::replica});
}

void Replication::keep_data() {
    journal_.loop().post([this] {
        if (!upstream_) return;
        upstream_->keep_data();
        changed();
    });
}

journal::Lineage Replication::history() const {
    return knows_history() ? journal_.lineage() : journal::Lineage{};
}

bool Replication::is_whole() const {
    return !upstream_ || upstream_->whole();
}

slots::ShardId Replication::shard_of_data() const {
    const bool own = role_ == Role::primary || (upstream_ && upstream_->in_step());
    return own ? shard_ : before_;
}

void Replication::set_shard(slots::ShardId shard) {
    journal_.loop().post([this, shard] { shard_ = shard; });
}

void Replication::change_id() {
    journal_.loop().post([this] {
        if (role_ == Role::primary) journal_.lineage().replace(journal::random_replication_id());
        changed();
    });
}

void Replication::take_over(int descriptor, std::string unread, Greeting greeting,
                            SyncRequest request) {
    journal_.loop().post([this, descriptor, unread = std::move(unread),
                          greeting = std::move(greeting), request]() mutable {
        primary_.take_over(descriptor, unread, std::move(greeting), request);
    });
}

void Replication::cut(std::uint64_t client) {
    journal_.loop().post([this, client] {
        if (client != 0) return primary_.drop(client, "an operator cut it");
        if (upstream_) upstream_->cut();
    });
}

// --- What others see.

void Replication::each_second() {
    if (upstream_) upstream_->each_second();
    primary_.each_second();
}

void Replication::changed() {
    if (upstream_) {
        primary_.set_serving(upstream_->up());
        primary_.set_recording(upstream_->known());
        if (upstream_->up()) saved_.reset();
    }
    tell_workers();
    Status now{.role = role_, .saved = saved_, .changes_then = changes_then_, .offset = offset()};
    if (role_ == Role::replica) now.link = link();
    primary_.describe(now);
    {
        const std::lock_guard lock(mutex_);
        status_ = std::move(now);
    }
    call(on_change_);
}

LinkStatus Replication::link() const {
    LinkStatus link;
    if (upstream_) {
        link = upstream_->status();
    } else {
        link.host = target_.host;
        link.port = target_.port;
        link.state = "connect";
        link.whole = knows_history();
        link.down_since_s = 0;
    }
    link.number = target_.number;
    return link;
}

Offset Replication::offset() const {
    return upstream_ ? upstream_->applied() : journal_.end();
}

void Replication::refresh_offset() {
    const std::lock_guard lock(mutex_);
    status_.offset = offset();
}

Standing Replication::standing() const {
    Standing now{.role = role_, .good_replicas = primary_.good_replicas()};
    if (!upstream_) return now;
    now.loading = upstream_->loading();
    now.link_up = upstream_->up();
    now.host = upstream_->host();
    now.port = upstream_->port();
    return now;
}

void Replication::tell_workers() {
    auto now = standing();
    if (now == told_) return;
    told_ = now;
    for (unsigned i = 0; i < workers_.size(); ++i) {
        journal_.on_worker(i, [this, i, now] { workers_[i].standing(now); });
    }
}

Status Replication::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace grapevine::node::replication
