#include "node/journal/journal.h"

#include <algorithm>
#include <utility>

#include "slots/check.h"

namespace grapevine::node::journal {

Journal::Journal(io::Loop& loop, std::size_t backlog_bytes)
    : loop_(loop), backlog_(backlog_bytes), deadline_(loop, [this] {
          gate_.tick(loop_.monotonic_us() / 1000);
          ring_at_next_deadline();
      }) {}

void Journal::attach(std::vector<Worker> workers) {
    GRAPEVINE_CHECK(workers_.empty(), "workers are attached once");
    workers_ = std::move(workers);
    queues_.resize(workers_.size());
    loop_.on_turn({}, [this] { end_turn(); });
}

void Journal::hand_over(unsigned index) {
    Effects& effects = *workers_[index].effects;
    if (effects.empty()) return;
    loop_.post(
        [this, index, batch = effects.take()]() mutable { arrived(index, std::move(batch)); });
}

void Journal::on_worker(unsigned index, io::Task work) {
    workers_[index].loop->post(std::move(work));
}

void Journal::barrier(std::function<void(unsigned)> on_worker, std::function<void(Offset)> then) {
    barriers_.push_back({workers_.size(), end(), std::move(then)});
    const auto shared = std::make_shared<std::function<void(unsigned)>>(std::move(on_worker));
    for (unsigned index = 0; index < workers(); ++index) {
        this->on_worker(index, [this, index, shared] {
            hand_over(index);
            if (*shared) (*shared)(index);
            loop_.post([this, index] { arrived(index, Marker{}); });
        });
    }
}

void Journal::arrived(unsigned index, Item item) {
    queues_[index].push_back(std::move(item));
    drain(queues_[index]);
    complete_barriers();
}

// Up to the first marker: what lies behind it waits for the other workers.
void Journal::drain(std::deque<Item>& queue) {
    while (!queue.empty() && std::holds_alternative<std::string>(queue.front())) {
        append(std::get<std::string>(queue.front()));
        queue.pop_front();
    }
}

void Journal::complete_barriers() {
    const auto at_marker = [](const std::deque<Item>& queue) { return !queue.empty(); };
    while (!barriers_.empty() && std::ranges::all_of(queues_, at_marker)) {
        const Barrier barrier = std::move(barriers_.front());
        barriers_.pop_front();
        for (auto& queue : queues_) queue.pop_front();
        if (barrier.then) barrier.then(source_ == Source::workers ? end() : barrier.begun_at);
        for (auto& queue : queues_) drain(queue);
    }
}

void Journal::append(std::string_view bytes) {
    backlog_.append(bytes);
    has_grown_ = true;
}

void Journal::end_turn() {
    if (std::exchange(has_grown_, false) && grown_) grown_();
}

void Journal::set_source(Source source) {
    source_ = source;
    if (source == Source::workers) return;
    // What the workers did before those that are on their way is here, and nothing of a primary's.
    for (Barrier& barrier : barriers_) barrier.begun_at = end();
    gate_.give_up();
    for (Gate::Wish& wish : std::exchange(unplaced_, {})) wish.done({});
}

void Journal::wait_for(unsigned replicas, std::int64_t timeout_ms,
                       std::function<void(std::optional<unsigned>)> done) {
    loop_.post([this, replicas, timeout_ms, done = std::move(done)]() mutable {
        Gate::Wish wish{0, replicas, {}, std::move(done)};
        if (timeout_ms > 0) wish.deadline = loop_.monotonic_us() / 1000 + timeout_ms;
        unplaced_.push_back(std::move(wish));
        if (!placing_) wait_together();
    });
}

// One barrier places all wishes that came before it began.
void Journal::wait_together() {
    placing_ = true;
    auto wishes = std::make_shared<std::vector<Gate::Wish>>(std::exchange(unplaced_, {}));
    barrier({}, [this, wishes](Offset offset) {
        gate_holds(std::move(*wishes), offset);
        placing_ = false;
        if (!unplaced_.empty()) wait_together();
    });
}

void Journal::gate_holds(std::vector<Gate::Wish> wishes, Offset offset) {
    for (Gate::Wish& wish : wishes) {
        if (source_ == Source::primary) {
            wish.done({});
            continue;
        }
        wish.offset = offset;
        gate_.hold(std::move(wish));
    }
    if (!gate_.empty() && ask_replicas_) ask_replicas_();
    ring_at_next_deadline();
}

void Journal::confirmed(std::span<const Offset> offsets) {
    gate_.confirmed(offsets);
}

void Journal::ring_at_next_deadline() {
    const auto next = gate_.next_deadline();
    if (!next) return deadline_.stop();
    const auto left = *next - loop_.monotonic_us() / 1000;
    deadline_.once(static_cast<std::uint64_t>(std::max<std::int64_t>(left, 1)));
}

}  // namespace grapevine::node::journal
