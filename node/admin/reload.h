// DEBUG RELOAD: the data go to disk and come back.
#pragma once

#include <span>
#include <string_view>

#include "node/admin/request.h"

namespace grapevine::node::admin {

// DEBUG RELOAD [NOSAVE] [NOFLUSH MERGE]: NOSAVE takes the file that is there, NOFLUSH keeps the
// keys that are not in it. Writes wait meanwhile.
Result<void> reload(Request& request, std::span<const std::string_view> options);

}  // namespace grapevine::node::admin
