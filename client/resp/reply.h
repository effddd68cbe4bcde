// Reads replies, RESP2 and RESP3, into values that own their bytes: for whoever is in no hurry.
#pragma once

#include <cstddef>
#include <string_view>

#include "client/resp/result.h"
#include "client/resp/scanner.h"
#include "client/resp/value.h"

namespace grapevine::client::resp {

// Reads one reply at a time from the front of a buffer. A reply that is not complete yet is looked
// at again from where the last look ended. Attributes (RESP3 "|n") are read and left out.
class ReplyReader {
public:
    ReplyReader() = default;
    explicit ReplyReader(const ReplyLimits& limits) : scanner_(limits) {}

    // As ReplyScanner::scan(); when a reply is complete, value() holds it.
    Result<std::size_t> read(std::string_view input);

    // The reply that was read last. To be moved from at will.
    Value& value() { return value_; }

private:
    ReplyScanner scanner_;
    Value value_;
};

}  // namespace grapevine::client::resp
