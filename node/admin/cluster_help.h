// CLUSTER HELP.
#pragma once

#include "client/resp/writer.h"

namespace grapevine::node::admin {

void write_cluster_help(client::resp::Writer& reply);

}  // namespace grapevine::node::admin
