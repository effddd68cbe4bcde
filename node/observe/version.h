// What this build calls itself.
#pragma once

namespace grapevine::node::observe {

inline constexpr const char* version = "0.1.0";

// What it says to clients, replicas and files that switch on Redis's version.
inline constexpr const char* redis_version = "7.2.4";

}  // namespace grapevine::node::observe
