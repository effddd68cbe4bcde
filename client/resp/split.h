// Splits what a person typed into words, as redis-cli and inline requests quote them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/resp/result.h"

namespace grapevine::client::resp {

// Words are separated by blanks. "..." may hold blanks and the escapes \n \r \t \b \a \xHH, any
// other escaped character stands for itself; '...' holds everything as it is but for \'. After a
// closing quote a blank or the end must follow: ERR Protocol error: unbalanced quotes in request.
//
// The words are put behind those in `words`; their bytes live in `storage`, which is overwritten.
Result<void> split_quoted(std::string_view line, std::string& storage,
                          std::vector<std::string_view>& words);

}  // namespace grapevine::client::resp
