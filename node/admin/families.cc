#include "node/admin/families.h"

#include <array>

namespace grapevine::node::admin {

std::span<const std::span<const commands::Command>> admin_families() {
    static const std::array families{cluster_commands()};
    return families;
}

}  // namespace grapevine::node::admin
