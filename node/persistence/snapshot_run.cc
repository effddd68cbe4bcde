#include "node/persistence/snapshot_run.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "node/store/snapshot.h"

namespace grapevine::node::persistence {
namespace {

constexpr auto slice_time = std::chrono::microseconds(800);
constexpr std::size_t slice_bytes = 512 * 1024;
constexpr std::size_t step_bytes = 32 * 1024;  // Between two looks at the clock.

struct Piece {
    int database;
    std::string records;
};

// One worker's part: made, used and destroyed on its thread.
class Walk final : private store::Sink {
public:
    // `has_copies` is called when a write left something to be taken.
    Walk(store::Databases& databases, std::function<void()> has_copies)
        : snapshot_(databases, *this), has_copies_(std::move(has_copies)) {}

    // True when everything has been seen.
    bool go_on() {
        const auto end = std::chrono::steady_clock::now() + slice_time;
        walking_ = true;
        bool done = false;
        do {
            done = snapshot_.step(step_bytes);
        } while (!done && bytes_ < slice_bytes && std::chrono::steady_clock::now() < end);
        walking_ = false;
        return done;
    }

    std::vector<Piece> take() {
        bytes_ = 0;
        return std::exchange(pieces_, {});
    }

private:
    // A large value comes in several calls, so pieces are only taken between those of the snapshot.
    void write(int database, slots::Slot, std::string_view bytes) override {
        if (pieces_.empty() && !walking_) has_copies_();
        if (pieces_.empty() || pieces_.back().database != database) {
            pieces_.push_back({database, {}});
        }
        pieces_.back().records.append(bytes);
        bytes_ += bytes.size();
    }

    store::Snapshot snapshot_;
    std::function<void()> has_copies_;
    std::vector<Piece> pieces_;
    std::size_t bytes_ = 0;
    bool walking_ = false;
};

}  // namespace

// Shared by the tasks that are under way between the threads.
struct SnapshotRun::Run : std::enable_shared_from_this<Run> {
    enum class Step : std::uint8_t { copies, walked, done };

    Run(journal::Journal& its_journal, std::span<commands::Keeper* const> its_keepers, Events given)
        : journal(its_journal),
          keepers(its_keepers.begin(), its_keepers.end()),
          events(std::move(given)),
          walks(keepers.size()),
          unfinished(keepers.size()) {}

    // On a worker's thread.
    void begin_walk(unsigned worker);
    void go_on(unsigned worker);
    void deliver(unsigned worker, Step step);
    // On the journal thread.
    void begin();
    void began(journal::Offset instant);
    void ask(unsigned worker);
    void give(const std::vector<Piece>& pieces);
    void take(unsigned worker, const std::vector<Piece>& pieces, Step step);
    void end_walk(unsigned worker);

    journal::Journal& journal;
    std::vector<commands::Keeper*> keepers;
    Events events;
    std::vector<std::unique_ptr<Walk>> walks;  // Each is touched on its worker's thread only.

    bool abandoned = false;
    bool has_begun = false;
    std::vector<Piece> early;  // Copies of a worker that came to the instant before another one.
    bool held = false;
    std::vector<unsigned> withheld;  // Workers that would go on.
    std::size_t unfinished;
};

void SnapshotRun::Run::begin() {
    const auto self = shared_from_this();
    journal.barrier([self](unsigned worker) { self->begin_walk(worker); },
                    [self](journal::Offset instant) { self->began(instant); });
}

void SnapshotRun::Run::began(journal::Offset instant) {
    if (!abandoned && events.began) events.began(instant);
    has_begun = true;
    give(std::exchange(early, {}));
    for (unsigned i = 0; i < keepers.size(); ++i) ask(i);
}

void SnapshotRun::Run::begin_walk(unsigned worker) {
    if (events.at_instant) events.at_instant(worker);
    // The copies of one loop turn go together, at its end.
    const auto flush_soon = [this, worker] {
        journal.on_worker(worker, [self = shared_from_this(), worker] {
            if (self->walks[worker]) self->deliver(worker, Step::copies);
        });
    };
    walks[worker] = std::make_unique<Walk>(keepers[worker]->databases(), flush_soon);
}

void SnapshotRun::Run::ask(unsigned worker) {
    if (abandoned) return;
    if (held) return withheld.push_back(worker);
    journal.on_worker(worker, [self = shared_from_this(), worker] { self->go_on(worker); });
}

void SnapshotRun::Run::go_on(unsigned worker) {
    if (!walks[worker]) return;
    const bool done = walks[worker]->go_on();
    deliver(worker, done ? Step::done : Step::walked);
    if (done) walks[worker].reset();
}

void SnapshotRun::Run::deliver(unsigned worker, Step step) {
    auto pieces = walks[worker]->take();
    if (pieces.empty() && step == Step::copies) return;
    journal.loop().post([self = shared_from_this(), worker, pieces = std::move(pieces), step] {
        self->take(worker, pieces, step);
    });
}

void SnapshotRun::Run::give(const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
        if (abandoned) return;
        events.piece(piece.database, piece.records);
    }
}

void SnapshotRun::Run::take(unsigned worker, const std::vector<Piece>& pieces, Step step) {
    if (has_begun) {
        give(pieces);
    } else {
        early.insert(early.end(), pieces.begin(), pieces.end());
    }
    if (abandoned || step == Step::copies) return;
    if (step == Step::walked) return ask(worker);
    if (--unfinished == 0) events.ended();
}

void SnapshotRun::Run::end_walk(unsigned worker) {
    journal.on_worker(worker, [self = shared_from_this(), worker] { self->walks[worker].reset(); });
}

SnapshotRun::SnapshotRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                         Events events)
    : run_(std::make_shared<Run>(journal, keepers, std::move(events))) {
    run_->begin();
}

SnapshotRun::~SnapshotRun() {
    run_->abandoned = true;
    if (run_->unfinished == 0) return;
    for (unsigned i = 0; i < run_->keepers.size(); ++i) run_->end_walk(i);
}

void SnapshotRun::hold(bool on) {
    run_->held = on;
    if (on) return;
    for (const unsigned worker : std::exchange(run_->withheld, {})) run_->ask(worker);
}

}  // namespace grapevine::node::persistence
