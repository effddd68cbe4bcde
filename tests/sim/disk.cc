#include "tests/sim/disk.h"

#include <algorithm>
#include <utility>

namespace grapevine::sim {
namespace {

constexpr std::size_t copies = 24;
constexpr std::size_t large = 64 * 1024;  // Of these only the last two are kept.
constexpr Time retry = 200ms;

}  // namespace

Disk::Disk(Scheduler& scheduler, const Setup& setup, std::size_t machine)
    : scheduler_(scheduler),
      setup_(setup),
      chance_(static_cast<std::uint64_t>(setup.seed) + machine, "disk") {}

void Disk::save(Written state, Done done, Done failed) {
    waiting_ = std::move(state);
    done_ = std::move(done);
    failed_ = std::move(failed);
    if (!writing_) write_next();
}

void Disk::write_next() {
    writing_ = std::exchange(waiting_, {});
    if (!writing_) return;
    const Time takes{chance_.between(setup_.disk_least_us, setup_.disk_most_us)};
    scheduler_.after(takes + slower_, [this, attempt = ++attempts_] { finish(attempt); });
}

void Disk::finish(std::uint64_t attempt) {
    if (attempt != attempts_ || !writing_) return;
    if (fails_) {
        failed_(writing_->generation);
        if (!waiting_) waiting_ = std::move(writing_);
        writing_.reset();
        scheduler_.after(retry, [this, attempt] {
            if (attempt == attempts_) write_next();
        });
        return;
    }
    keep(*std::exchange(writing_, {}));
    done_(history_.back().generation);
    if (!writing_) write_next();
}

void Disk::keep(Written state) {
    history_.push_back(std::move(state));
    const std::size_t most = history_.back().text.size() > large ? 2 : copies;
    while (history_.size() > most) history_.pop_front();
}

void Disk::crash() {
    if (writing_ && !fails_ && chance_.happens(500)) keep(*std::move(writing_));
    writing_.reset();
    waiting_.reset();
    ++attempts_;
}

void Disk::wipe() {
    history_.clear();
}

void Disk::roll_back(std::size_t back) {
    for (; back > 0 && history_.size() > 1; --back) history_.pop_back();
}

void Disk::keep_newest() {
    while (history_.size() > 1) history_.pop_front();
}

}  // namespace grapevine::sim
