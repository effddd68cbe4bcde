#include "tests/sim/checks/checks.h"

namespace grapevine::sim {

Checks all_checks(World& world) {
    Checks checks;
    add_vote_checks(world, checks);
    add_epoch_checks(world, checks);
    add_owner_checks(world, checks);
    add_serving_checks(world, checks);
    add_failure_checks(world, checks);
    add_member_checks(world, checks);
    add_restart_checks(world, checks);
    add_data_checks(world, checks);
    add_mark_watch(world, checks);
    return checks;
}

}  // namespace grapevine::sim
