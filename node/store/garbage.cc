#include "node/store/garbage.h"

#include <limits>
#include <utility>

namespace grapevine::node::store {
namespace {

// Returns how many keys it freed and table steps it took.
std::size_t free_some(Retired& retired, std::size_t budget) {
    std::size_t done = 0;
    while (done < budget && retired.freed_up_to != position_end) {
        ++done;
        retired.freed_up_to = retired.table.walk(retired.freed_up_to, [&](Ref ref) {
            Entry::free(ref.entry());
            ++done;
        });
    }
    return done;
}

}  // namespace

Garbage::~Garbage() {
    for (const auto& retired : retired_) {
        free_some(*retired, std::numeric_limits<std::size_t>::max());
        retired->table.drop(retired->bytes);
    }
}

void Garbage::add(std::shared_ptr<Retired> retired) {
    bytes_ += retired->bytes;
    retired_.push_back(std::move(retired));
}

bool Garbage::step(std::size_t budget_keys) {
    std::size_t held = 0;
    for (std::size_t done = 0; done < budget_keys && held < retired_.size();) {
        auto retired = std::move(retired_.front());
        retired_.pop_front();
        if (retired.use_count() > 1) {  // A snapshot still reads it.
            ++held;
            ++done;
            retired_.push_back(std::move(retired));
            continue;
        }
        done += free_some(*retired, budget_keys - done);
        if (retired->freed_up_to == position_end) {
            bytes_ -= retired->bytes;
            retired->table.drop(retired->bytes);
        } else {
            retired_.push_front(std::move(retired));
        }
    }
    return held < retired_.size();
}

}  // namespace grapevine::node::store
