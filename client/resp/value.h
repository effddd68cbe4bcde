// A reply as its reader sees it.
#pragma once

#include <grapevine/value.h>

#include "client/resp/result.h"

namespace grapevine::client::resp {

using client::Value;

}  // namespace grapevine::client::resp
