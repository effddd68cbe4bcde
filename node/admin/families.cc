#include "node/admin/families.h"

#include <array>

namespace grapevine::node::admin {

std::span<const std::span<const commands::Command>> admin_families() {
    static const std::array families{cluster_commands(),     command_commands(), config_commands(),
                                     debug_commands(),       info_commands(),    moment_commands(),
                                     replication_commands(), save_commands()};
    return families;
}

}  // namespace grapevine::node::admin
