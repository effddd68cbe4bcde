// Planted mistakes of the router: the simulator has to find each of them (tests/sim). In every
// other build GRAPEVINE_CLIENT_MUTANT is a constant false, and nothing of this is there.
#pragma once

#ifdef GRAPEVINE_SIMULATED

#include <cstdint>

namespace grapevine::client::route {

enum class Mutant : std::uint8_t {
    none,
    lost_sent_again,   // What may have run is sent once more.
    loss_forgotten,    // What may have run is told to be refused.
    moved_not_kept,    // MOVED leads one request and teaches nothing.
    silence_for_ever,  // Who was silent is not asked again.
    asks_twice,        // A question for the map does not wait for the one before.
    gap_stays,         // The map is asked for at the same pace, however often.
    count
};

// One at a time.
inline Mutant planted = Mutant::none;

}  // namespace grapevine::client::route

#define GRAPEVINE_CLIENT_MUTANT(name) \
    (::grapevine::client::route::planted == ::grapevine::client::route::Mutant::name)

#else
#define GRAPEVINE_CLIENT_MUTANT(name) false
#endif
