// How values are kept, by the names that Redis gives it.
#pragma once

#include <string_view>

namespace grapevine::node::commands {

// "int", "embstr" or "raw": what OBJECT ENCODING says of a string.
std::string_view encoding_of(std::string_view value);

}  // namespace grapevine::node::commands
