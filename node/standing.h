// What a worker turns requests away with, given how replication and persistence stand.
#pragma once

#include "node/config/config.h"
#include "node/persistence/persistence.h"
#include "node/replication/settings.h"
#include "node/replication/status.h"
#include "node/session/dispatcher.h"

namespace grapevine::node {

session::Obstacles obstacles(const replication::Standing& standing, const config::Config& config,
                             bool last_save_failed);

replication::Settings replication_settings(const config::Config& config);
persistence::Settings persistence_settings(const config::Config& config);

}  // namespace grapevine::node
