#include "node/replication/full_sync_run.h"

#include <algorithm>
#include <utility>

namespace grapevine::node::replication {
namespace {

constexpr std::size_t spool_memory = 32u << 20;
constexpr std::size_t enough_ahead = 4u << 20;  // Unread bytes at which the walk pauses.

std::string answer(const Replica& replica, const journal::Lineage& lineage, Offset offset) {
    if (!replica.request().named) return {};
    return "+FULLRESYNC " + std::string(lineage.id.text()) + ' ' + std::to_string(offset) + "\r\n";
}

}  // namespace

FullSyncRun::FullSyncRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                         const Settings& settings, std::vector<Replica*> replicas, Events events)
    : journal_(journal),
      settings_(settings),
      replicas_(std::move(replicas)),
      events_(std::move(events)),
      wants_data_(replicas_.front()->greeting().wants_data),
      database_(std::max(journal.database(), 0)),
      pin_(std::in_place, journal.backlog(), journal.end()),
      spool_(std::make_shared<persistence::Spool>(spool_memory, settings.folder)),
      run_(journal, keepers,
           {.at_instant = events_.at_instant,
            .began = [this](Offset instant) { begin(instant); },
            .piece = [this](int database, std::string_view records) { add(database, records); },
            .ended = [this] { end(); }}) {}

void FullSyncRun::begin(Offset instant) {
    events_.began(instant);
    for (Replica* replica : replicas_) {
        const bool marked = settings_.diskless && replica->greeting().reads_eof_mark;
        if (!marked) slow_replicas_hold_ = false;  // It reads nothing before the end.
        const auto mark = marked ? journal::random_replication_id() : journal::ReplicationId{};
        replica->begin_payload(answer(*replica, journal_.lineage(), instant), journal_.backlog(),
                               instant, spool_, std::string(mark.text()));
    }
    pin_.reset();
    writer_ = std::make_unique<persistence::RdbWriter>(
        persistence::RdbNotes{.server_version = settings_.server_version,
                              .created_s = journal_.loop().wall_ms() / 1000,
                              .id = journal_.lineage().id,
                              .formers = journal_.lineage().formers,
                              .offset = instant,
                              .stream_database = database_});
    take(writer_->take());
}

void FullSyncRun::add(int database, std::string_view records) {
    if (!wants_data_) return;
    writer_->records(database, records);
    take(writer_->take());
}

void FullSyncRun::take(std::string bytes) {
    if (broken_) return;
    if (auto kept = spool_->append(bytes); !kept) {
        broken_ = true;
        journal_.loop().post([ended = events_.ended, kept] { ended(kept); });
        return;
    }
    for (Replica* replica : replicas_) replica->pump();
    regulate();
}

void FullSyncRun::regulate() {
    run_.hold(slow_replicas_hold_ && spool_->waiting_in_memory() > enough_ahead);
}

void FullSyncRun::end() {
    if (broken_) return;
    writer_->finish();
    take(writer_->take());
    if (broken_) return;
    spool_->finish();
    for (Replica* replica : replicas_) replica->pump();
    const auto ended = events_.ended;
    ended({});
}

}  // namespace grapevine::node::replication
