// The file in which Redis and Valkey keep what a node knows of its cluster: read once, when one of
// our nodes takes over the directory of one of theirs.
#pragma once

#include <cstdint>
#include <string_view>

#include "gossip/state.h"
#include "slots/result.h"

namespace grapevine::gossip {

// Whether the text is meant to be such a file, well formed or not.
bool looks_like_nodes_conf(std::string_view text);

// As Redis 3.0 to 7.2 and Valkey 8 write it. Shards that have no name there get one drawn from
// `seed`. Nodes that never finished their handshake are left out. An error says what is wrong in
// which line.
Result<State> parse_nodes_conf(std::string_view text, std::uint64_t seed);

}  // namespace grapevine::gossip
