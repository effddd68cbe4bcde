#include "node/journal/gate.h"

#include <algorithm>
#include <utility>

namespace grapevine::node::journal {

void Gate::hold(Wish wish) {
    if (ripe(wish)) return wish.done(reached(wish.offset));
    wishes_.push_back(std::move(wish));
}

void Gate::confirmed(std::span<const Offset> offsets) {
    confirmed_.assign(offsets.begin(), offsets.end());
    release([this](const Wish& wish) { return ripe(wish); });
}

void Gate::tick(Milliseconds now) {
    release([now](const Wish& wish) { return wish.deadline && *wish.deadline <= now; });
}

void Gate::give_up() {
    for (Wish& wish : std::exchange(wishes_, {})) wish.done({});
}

std::optional<Milliseconds> Gate::next_deadline() const {
    std::optional<Milliseconds> next;
    for (const Wish& wish : wishes_) {
        if (wish.deadline && (!next || *wish.deadline < *next)) next = wish.deadline;
    }
    return next;
}

unsigned Gate::reached(Offset offset) const {
    return static_cast<unsigned>(
        std::ranges::count_if(confirmed_, [offset](Offset at) { return at >= offset; }));
}

bool Gate::ripe(const Wish& wish) const {
    const auto all = static_cast<unsigned>(confirmed_.size());
    return reached(wish.offset) >= (wish.replicas == all_replicas ? all : wish.replicas);
}

// The callbacks may hold new wishes.
template <typename Condition>
void Gate::release(Condition ripe) {
    const auto split = std::stable_partition(wishes_.begin(), wishes_.end(), std::not_fn(ripe));
    std::vector<Wish> released(std::make_move_iterator(split),
                               std::make_move_iterator(wishes_.end()));
    wishes_.erase(split, wishes_.end());
    for (Wish& wish : released) wish.done(reached(wish.offset));
}

}  // namespace grapevine::node::journal
