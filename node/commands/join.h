// One reply out of the partial replies of all workers, for commands that are about no single key.
// Pure: works on encoded replies, so nothing is parsed that need not be.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "node/commands/command.h"

namespace grapevine::node::commands {

// What the client gets for `parts`: the encoded replies, one of each worker, in the workers' order.
// An error among them is the reply. `random` decides for Join::any. Not for none and walk.
std::string join(Join how, std::span<const std::string_view> parts, std::uint64_t random);

// --- Join::walk. SCAN visits worker 0's keys, then worker 1's, ...: a cursor belongs to one
// worker.

// The worker that runs SCAN `cursor`, which is the text that the client sent. Worker 0 for what is
// no cursor: the handler will refuse it.
std::size_t worker_of_cursor(std::string_view cursor, std::size_t workers);

// The reply of `worker` to a SCAN, as the client gets it: the end of one worker's keys is the start
// of the next one's. Only after the last worker the cursor is 0.
std::string continue_walk(std::string_view reply, std::size_t worker, std::size_t workers);

}  // namespace grapevine::node::commands
