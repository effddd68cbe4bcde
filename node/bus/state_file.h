// Where the node's state survives a restart: the newest generation and the one before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gossip/state.h"
#include "node/io/file.h"
#include "slots/result.h"

namespace grapevine::node::bus {

// What a start finds.
struct LoadedState {
    gossip::State state;
    bool restarted = false;  // Read from the file; otherwise nobody has heard of this node before.
    std::string warning;     // Worth the operator's attention; empty: nothing is.
};

// "nodes.conf" -> "nodes.conf.previous"
std::string previous_of(const std::string& path);

// A Redis node's nodes.conf gives its state: this node goes on in its place, and the file is kept
// as "nodes.conf.redis". A missing file gives a fresh state, named by `seed`. A damaged one gives
// the generation before it, with a warning; the promise that the lost generation may have held is
// taken as given: no vote in an epoch that it may have voted in, and no answer that a primary could
// count on while that vote may depose it. An error when both are damaged: a
// node that forgot its promises must not go on by itself.
Result<LoadedState> load_state(const std::string& path, std::uint64_t seed);

// Durably replaces `path` by `text` and keeps what it held beside it. At every moment a crash
// leaves one whole generation under `path`. Blocks: for a helper thread.
Result<void> store_state(const std::string& path, std::string_view text);

// Keeps other processes from using the same state, as long as it lives.
Result<io::FileLock> lock_state(const std::string& path);

}  // namespace grapevine::node::bus
