// Holds answers back until what they speak of is safe elsewhere: WAIT.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "node/journal/backlog.h"

namespace grapevine::node::journal {

using Milliseconds = std::int64_t;  // Of a clock that only goes forward.

class Gate {
public:
    // For Wish::replicas: as many as there are, even none.
    static constexpr unsigned all_replicas = std::numeric_limits<unsigned>::max();

    struct Wish {
        Offset offset = 0;
        unsigned replicas = 0;
        std::optional<Milliseconds> deadline;  // Nothing: for ever.
        // Nothing: the history of this offset has come to its end here.
        std::function<void(std::optional<unsigned> reached)> done;
    };

    // `done` is called exactly once, with the number of replicas that have the offset: inside
    // hold() or confirmed() when they are enough, or inside tick() after the deadline. Inside
    // give_up() it is called with nothing.
    void hold(Wish wish);
    // How far each replica has confirmed; replaces what was known.
    void confirmed(std::span<const Offset> offsets);
    void tick(Milliseconds now);
    void give_up();

    bool empty() const { return wishes_.empty(); }
    std::optional<Milliseconds> next_deadline() const;

private:
    unsigned reached(Offset offset) const;
    bool ripe(const Wish& wish) const;
    template <typename Condition>
    void release(Condition ripe);

    std::vector<Offset> confirmed_;
    std::vector<Wish> wishes_;
};

}  // namespace grapevine::node::journal
