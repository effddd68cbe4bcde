// Patterns as KEYS, SCAN and PSUBSCRIBE match them.
#pragma once

#include <string_view>

namespace grapevine::node::commands {

// True when all of `text` matches: * any bytes, ? one byte, [abc] [a-z] [^a] one byte of a set,
// \x the byte x itself. A set that is not closed ends with the pattern.
// Takes at most pattern x text steps, whatever the pattern.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace grapevine::node::commands
