// What this build calls itself.
#pragma once

namespace grapevine::node {

inline constexpr const char* version = "0.1.0";

}  // namespace grapevine::node
