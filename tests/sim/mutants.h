// The planted mistakes of gossip/mutant.h and client/route/mutant.h by name, and the proof that
// each is found.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "client/route/mutant.h"
#include "gossip/mutant.h"
#include "tests/sim/campaign.h"

namespace grapevine::sim {

using gossip::Mutant;

// One of the nodes' mistakes or one of the clients'.
struct Mistake {
    Mistake(Mutant of_nodes = Mutant::none) : node(of_nodes) {}
    Mistake(client::route::Mutant of_clients) : caller(of_clients) {}
    Mutant node = Mutant::none;
    client::route::Mutant caller = client::route::Mutant::none;
};

// Without `none`.
std::vector<Mistake> all_mutants();
std::string_view name_of(Mistake mistake);
std::optional<Mistake> mutant_called(std::string_view name);

// While it lives, every core, or every router, has this mistake.
class Planted {
public:
    explicit Planted(Mistake mistake) { plant(mistake); }
    ~Planted() { plant({}); }
    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;

private:
    static void plant(Mistake mistake) {
        gossip::planted = mistake.node;
        client::route::planted = mistake.caller;
    }
};

// Runs from `seed` on until something is violated that is not violated without the mistake.
Report hunt(Mistake mistake, std::uint64_t seed, const Limits& limits, const Wishes& wishes);

}  // namespace grapevine::sim
