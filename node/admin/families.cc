#include "node/admin/families.h"

namespace grapevine::node::admin {

std::span<const std::span<const commands::Command>> admin_families() { return {}; }

}  // namespace grapevine::node::admin
