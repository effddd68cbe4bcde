// The planted mistakes of gossip/mutant.h by name, and the proof that each is found.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gossip/mutant.h"
#include "tests/sim/campaign.h"

namespace grapevine::sim {

using gossip::Mutant;

// Without `none`.
std::vector<Mutant> all_mutants();
std::string_view name_of(Mutant mutant);
std::optional<Mutant> mutant_called(std::string_view name);

// While it lives, every core has this mistake.
class Planted {
public:
    explicit Planted(Mutant mutant) { gossip::planted = mutant; }
    ~Planted() { gossip::planted = Mutant::none; }
    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;
};

// Runs from `seed` on until something is violated that is not violated without the mistake.
Report hunt(Mutant mutant, std::uint64_t seed, const Limits& limits, const Wishes& wishes);

}  // namespace grapevine::sim
