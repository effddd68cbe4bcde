// Finds where a reply ends, so that it can be read where it lies. Builds nothing.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "client/resp/result.h"

namespace grapevine::client::resp {

// What a server may make us hold; more is an error.
struct ReplyLimits {
    std::size_t bulk_bytes = 512u << 20;  // Of one string.
    std::size_t elements = 16u << 20;     // Of all arrays, maps, ... in one reply together.
    std::size_t depth = 32;               // Arrays within arrays.
};

// Checks all that Reply (grapevine/reply.h) relies on: types, lengths, numbers, line ends.
class ReplyScanner {
public:
    ReplyScanner() = default;
    explicit ReplyScanner(const ReplyLimits& limits) : limits_(limits) {}

    // `input` begins where the last complete reply ended. Answers how many bytes the next reply
    // takes, attributes before it included; or 0 when more are needed: call again with the same
    // bytes (they may have moved) and more after them. An error ("ERR Protocol error: ...") is
    // final: the connection has to be closed. Streamed strings and arrays (RESP3 "$?") are such an
    // error: no server sends them.
    slots::Result<std::size_t> scan(std::string_view input);

    // How long `input` must be at least before another scan() can be of use.
    std::size_t needed() const { return needed_; }

private:
    struct Open {
        std::size_t missing = 0;  // Elements still to come.
        bool is_attribute = false;
    };
    struct Item {
        std::size_t size = 0;  // 0: more bytes are needed.
        std::size_t elements = 0;
        bool is_attribute = false;
    };

    slots::Result<Item> scan_item(std::string_view input);
    slots::Result<Item> scan_string(char type, std::string_view line, std::string_view input);
    slots::Result<Item> scan_aggregate(char type, std::string_view line) const;
    bool close();

    ReplyLimits limits_;
    std::vector<Open> open_;  // Outermost first.
    std::size_t position_ = 0;
    std::size_t elements_ = 0;
    std::size_t needed_ = 1;
};

}  // namespace grapevine::client::resp
