#include "node/persistence/persistence.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "node/observe/log.h"
#include "node/persistence/save_run.h"

namespace grapevine::node::persistence {
namespace {

constexpr std::int64_t pause_after_failure_s = 5;  // As Redis 7.0.

}  // namespace

Persistence::Persistence(journal::Journal& journal, std::vector<commands::Keeper*> keepers,
                         Settings settings)
    : journal_(journal),
      keepers_(std::move(keepers)),
      settings_(std::move(settings)),
      counts_(keepers_.size()),
      every_second_(journal.loop(), [this] { each_second(); }) {
    // What was loaded from the file is no change.
    for (std::size_t i = 0; i < keepers_.size(); ++i) {
        counts_[i] = keepers_[i]->databases().changes();
    }
    first_changes_ = saved_changes_ = changes();
    current_.saved_s = now_s();
    publish();
    every_second_.every(1000);
}

Persistence::~Persistence() = default;

void Persistence::configure(Settings settings) {
    journal_.loop().post(
        [this, settings = std::move(settings)]() mutable { settings_ = std::move(settings); });
}

void Persistence::save(std::function<void(Result<void>)> done, std::function<void()> begun) {
    journal_.loop().post([this, done = std::move(done), begun = std::move(begun)] {
        if (run_) return done(Error{"ERR Background save already in progress"});
        if (!origin().whole) {
            return done(Error{"ERR the data is not whole yet: the file on the disk is kept"});
        }
        begin(done);
        if (begun) begun();
    });
}

// A worker may have passed a write to another before it was told to hold them: the save begins
// behind that.
void Persistence::save_last(std::function<void(Result<void>)> done) {
    journal_.loop().post([this, done = std::move(done)] {
        journal_.barrier({}, [this, done](journal::Offset) { begin_last(done); });
    });
}

void Persistence::begin_last(std::function<void(Result<void>)> done) {
    if (run_) {
        last_ = std::move(done);
    } else if (origin().whole) {
        begin(std::move(done));
    } else {
        log::warn("the data is not whole and not saved, the file is kept path={}", settings_.path);
        done({});
    }
}

void Persistence::stop(std::function<void()> done) {
    journal_.loop().post([this, done = std::move(done)] {
        every_second_.stop();
        run_.reset();
        journal_.barrier({}, [done](journal::Offset) { done(); });
    });
}

void Persistence::begin(std::function<void(Result<void>)> done) {
    done_ = std::move(done);
    tried_s_ = now_s();
    database_ = std::max(journal_.database(), 0);
    current_.saving = true;
    current_.started_s = tried_s_;
    publish();
    const auto counts = std::make_shared<std::vector<std::uint64_t>>(keepers_.size());
    run_ = std::make_unique<SaveRun>(
        journal_, keepers_, settings_.path,
        SaveRun::Events{
            .at_instant =
                [this, counts](unsigned i) { (*counts)[i] = keepers_[i]->databases().changes(); },
            .began =
                [this, counts](journal::Offset instant) {
                    counts_ = *counts;
                    saving_changes_ = changes();
                    return notes(instant);
                },
            .ended = [this](const Result<void>& outcome) { ended(outcome); }});
}

RdbNotes Persistence::notes(journal::Offset instant) const {
    const Origin origin = this->origin();
    return {.server_version = settings_.server_version,
            .created_s = tried_s_,
            .id = origin.lineage.id,
            .formers = origin.lineage.formers,
            .offset = instant,
            .stream_database = database_,
            .shard = origin.shard,
            .saved = changes() == first_changes_ ? origin.saved : std::nullopt};
}

void Persistence::ended(const Result<void>& outcome) {
    current_.saving = false;
    current_.duration_s = now_s() - current_.started_s;
    current_.last_failed = !outcome;
    current_.last_error = outcome ? std::string() : outcome.error().text;
    if (outcome) {
        ++current_.saves;
        current_.saved_s = now_s();
        saved_changes_ = saving_changes_;
        log::notice("data is saved path={}", settings_.path);
    } else {
        log::warn("data is not saved reason=\"{}\"", outcome.error().text);
    }
    publish();
    const auto run = std::move(run_);
    if (const auto done = std::exchange(done_, {})) done(outcome);
    if (auto last = std::exchange(last_, {})) save_last(std::move(last));
}

// --- Saving by itself.

void Persistence::each_second() {
    count_changes();
    publish();
    if (!run_ && due() && origin().whole) begin({});
}

void Persistence::count_changes() {
    for (unsigned i = 0; i < keepers_.size(); ++i) {
        journal_.on_worker(i, [this, i, keeper = keepers_[i]] {
            const auto changes = keeper->databases().changes();
            journal_.loop().post([this, i, changes] { counts_[i] = changes; });
        });
    }
}

std::uint64_t Persistence::changes() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

bool Persistence::due() const {
    if (current_.last_failed && now_s() - tried_s_ < pause_after_failure_s) return false;
    return std::ranges::any_of(settings_.points, [this](const SavePoint& point) {
        return current_.changes >= point.changes && current_.changes > 0 &&
               now_s() - current_.saved_s >= point.seconds;
    });
}

void Persistence::publish() {
    current_.changes = changes() - std::min(changes(), saved_changes_);
    const std::lock_guard lock(mutex_);
    status_ = current_;
}

Status Persistence::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace grapevine::node::persistence
