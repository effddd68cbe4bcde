// A reply that owns its bytes, for commands whose shape is not known beforehand.
#pragma once

#include <cstdint>
#include <grapevine/reply.h>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::client {

struct Value {
    using Kind = Reply::Kind;

    Kind kind = Kind::null;
    std::string text;             // Of simple, error, bulk, big_number and verbatim.
    std::int64_t integer = 0;     // Of integer; 1 or 0 of boolean.
    double real = 0;              // Of real.
    std::vector<Value> elements;  // Of array, set and push; of map: key, value, key, value, ...

    Value() = default;
    explicit Value(const Reply& reply);

    bool is_null() const { return kind == Kind::null; }
    bool is_error() const { return kind == Kind::error; }
    bool operator==(const Value&) const = default;

    // The value that a map has for a text as key; null when there is none. In RESP2 maps arrive as
    // arrays: those are searched alike.
    const Value* find(std::string_view key) const;
};

}  // namespace grapevine::client
