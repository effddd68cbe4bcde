// Our own mistakes stop the process, in release builds too: a node with a broken invariant
// must not go on answering. Never for a peer's bytes or a user's input: those are Result.
#pragma once

namespace grapevine::slots {

// Prints "check failed: promise (file:line)" and aborts.
[[noreturn]] void check_failed(const char* promise, const char* file, int line);

}  // namespace grapevine::slots

// check(condition, "what always holds")
#define GRAPEVINE_CHECK(condition, promise)              \
    (static_cast<bool>(condition) ? static_cast<void>(0) \
                                  : ::grapevine::slots::check_failed(promise, __FILE__, __LINE__))
