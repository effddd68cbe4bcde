#include "tests/sim/checks/checks.h"

namespace grapevine::sim {

Checks all_checks(World& world) {
    Checks checks;
    add_vote_checks(world, checks);
    add_epoch_checks(world, checks);
    add_owner_checks(world, checks);
    return checks;
}

}  // namespace grapevine::sim
