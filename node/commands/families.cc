#include "node/commands/families.h"

#include <array>

namespace grapevine::node::commands {

std::span<const std::span<const Command>> key_families() {
    static const std::array all{
        string_commands(),   counter_commands(), range_commands(),  bitmap_commands(),
        bitfield_commands(), lcs_commands(),     key_commands(),    expiry_commands(),
        database_commands(), inspect_commands(), serial_commands(),
    };
    return all;
}

}  // namespace grapevine::node::commands
