// What stands between the keys of an RDB file (Redis 7.2; 244 is Redis 7.4's).
#pragma once

#include <cstdint>

namespace grapevine::node::persistence {

enum class Opcode : std::uint8_t {
    slot_hint = 244,
    function = 245,
    function_before_release = 246,
    module_note = 247,
    note = 250,  // A name and a value about the file.
    size_hint = 251,
    select_database = 254,
    end = 255,
};

}  // namespace grapevine::node::persistence
