// What this folder calls its errors: texts as servers write them, not what a call of the library
// ends with (grapevine/error.h).
#pragma once

#include "slots/result.h"

namespace grapevine::client::resp {

using slots::Error;
using slots::Result;

}  // namespace grapevine::client::resp
