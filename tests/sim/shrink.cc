#include "tests/sim/shrink.h"

#include <algorithm>

namespace grapevine::sim {
namespace {

class Shrinker {
public:
    Shrinker(Plan plan, std::string invariant, const std::function<void(std::size_t)>& progress)
        : plan_(std::move(plan)), invariant_(std::move(invariant)), progress_(progress) {}

    Plan run() {
        remove_steps();
        for (const auto knob : {&Setup::spares, &Setup::replicas, &Setup::primaries}) lower(knob);
        simplify(&Setup::clients, 0);
        simplify(&Setup::drill, 0);
        simplify(&Setup::spike_per_mille, 0);
        simplify(&Setup::clock_ppm, 0);
        simplify(&Setup::codec, 0);
        remove_steps();
        return plan_;
    }

private:
    bool still_fails(const Plan& smaller) const {
        const Outcome outcome = sim::run(smaller);
        return outcome.violation && outcome.violation->invariant == invariant_;
    }
    bool take(const Plan& smaller) {
        if (!still_fails(smaller)) return false;
        plan_ = smaller;
        if (progress_) progress_(plan_.steps.size());
        return true;
    }

    // Delta debugging: leaves out ever smaller pieces while the rest still fails.
    void remove_steps() {
        std::size_t piece = std::max<std::size_t>(1, plan_.steps.size() / 2);
        while (!plan_.steps.empty()) {
            const bool removed = remove_pieces(piece);
            if (piece == 1 && !removed) return;
            if (!removed) piece /= 2;
            piece = std::min(std::max<std::size_t>(1, piece), plan_.steps.size());
        }
    }
    bool remove_pieces(std::size_t piece) {
        bool removed = false;
        for (std::size_t at = 0; at < plan_.steps.size();) {
            Plan smaller = plan_;
            const auto first = smaller.steps.begin() + static_cast<std::ptrdiff_t>(at);
            const std::size_t count = std::min(piece, plan_.steps.size() - at);
            smaller.steps.erase(first, first + static_cast<std::ptrdiff_t>(count));
            if (take(smaller)) {
                removed = true;
            } else {
                at += piece;
            }
        }
        return removed;
    }
    void lower(std::int64_t Setup::* knob) {
        const std::int64_t fewest = plan_.has_clones() ? 3 : 1;  // A lone voter has no help.
        while (plan_.setup.*knob > (knob == &Setup::primaries ? fewest : 0)) {
            Plan smaller = plan_;
            --(smaller.setup.*knob);
            if (!take(smaller)) return;
        }
    }
    void simplify(std::int64_t Setup::* knob, std::int64_t simple) {
        Plan smaller = plan_;
        smaller.setup.*knob = simple;
        if (!(smaller == plan_)) take(smaller);
    }

    Plan plan_;
    std::string invariant_;
    const std::function<void(std::size_t)>& progress_;
};

}  // namespace

Plan shrink(const Plan& plan, const Violation& violation,
            const std::function<void(std::size_t steps)>& progress) {
    return Shrinker(plan, violation.invariant, progress).run();
}

std::string as_test(const Plan& plan, const Violation& violation) {
    return "// " + violation.what + "\nTEST_CASE(\"" + violation.invariant + ", seed " +
           std::to_string(plan.setup.seed) +
           "\", \"[sim][kept]\") {\n    nothing_is_violated(R\"(\n" + to_text(plan) + ")\");\n}\n";
}

}  // namespace grapevine::sim
