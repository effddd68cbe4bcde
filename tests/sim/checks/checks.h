// Every check there is, one file per subject.
#pragma once

#include "tests/sim/check.h"
#include "tests/sim/world.h"

namespace grapevine::sim {

void add_vote_checks(World& world, Checks& checks);
void add_epoch_checks(World& world, Checks& checks);
void add_owner_checks(World& world, Checks& checks);
void add_serving_checks(World& world, Checks& checks);
void add_failure_checks(World& world, Checks& checks);
void add_member_checks(World& world, Checks& checks);
void add_restart_checks(World& world, Checks& checks);
void add_data_checks(World& world, Checks& checks);
void add_mark_watch(World& world, Checks& checks);

}  // namespace grapevine::sim
