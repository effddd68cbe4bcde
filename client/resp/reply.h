// Reads replies, RESP2 and RESP3, at the client's end of a connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "client/resp/result.h"
#include "client/resp/value.h"

namespace grapevine::client::resp {

// What a server may make us hold; more is an error.
struct ReplyLimits {
    std::size_t bulk_bytes = 512u << 20;  // Of one string.
    std::size_t elements = 16u << 20;     // Of all arrays, maps, ... in one reply together.
    std::size_t depth = 32;               // Arrays within arrays.
};

// Reads one reply at a time from the front of a buffer. A reply that is not complete yet is taken
// up where it was left. Attributes (RESP3 "|n") are read and left out.
class ReplyReader {
public:
    ReplyReader() = default;
    explicit ReplyReader(const ReplyLimits& limits) : limits_(limits) {}

    // `input` begins where the last complete reply ended. Answers how many bytes the reply took,
    // and value() holds it; or 0 when more bytes are needed: call again with the same bytes (they
    // may have moved) and more after them. An error ("ERR Protocol error: ...") is final: the
    // connection has to be closed. Streamed strings and arrays (RESP3 "$?") are such an error: no
    // server sends them.
    Result<std::size_t> read(std::string_view input);

    // The reply that was read last. To be moved from at will.
    Value& value() { return value_; }

private:
    // What was read and the bytes that it took; nothing of it when more bytes are needed.
    struct Item {
        Value value;
        std::size_t size = 0;
        std::size_t elements = 0;  // That follow.
        bool is_attribute = false;
    };
    // An array, a map, ... whose elements are still arriving.
    struct Unfinished {
        Value value;
        std::size_t missing = 0;
        bool is_attribute = false;
    };

    Result<std::optional<Item>> read_item(std::string_view input) const;
    Result<std::optional<Item>> read_string(char type, std::string_view line,
                                            std::string_view input) const;
    Result<std::optional<Item>> read_aggregate(char type, std::string_view line) const;
    Result<void> open(Item item);
    bool close(Value value);

    ReplyLimits limits_;
    Value value_;
    std::vector<Unfinished> unfinished_;  // Outermost first.
    std::size_t position_ = 0;            // Bytes of the reply that were understood.
    std::size_t elements_ = 0;            // Announced so far.
};

}  // namespace grapevine::client::resp
