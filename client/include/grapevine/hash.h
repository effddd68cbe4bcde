// Hashes as structs: GRAPEVINE_HASH(Cart, user, items, total)
#pragma once

#include <grapevine/read.h>

namespace grapevine::client {

using Fields = std::vector<std::pair<std::string, std::string>>;

template <typename T>
concept Hash = requires(const T& value) { grapevine_fields(value, [](auto, const auto&) {}); };

// Calls visit(name, value) for each field that has a value: a std::optional may have none.
template <Hash T, typename Visit>
void each_field(const T& hash, Visit&& visit) {
    grapevine_fields(hash, [&](std::string_view name, const auto& value) {
        if constexpr (requires { value.has_value(); }) {
            if (value.has_value()) visit(name, *value);
        } else {
            visit(name, value);
        }
    });
}

// Fields that the struct does not have are left out; a field that the hash does not have is an
// error (TYPE) unless it is a std::optional.
template <Hash T>
bool read(const Reply& reply, T& into) {
    if (!reply.is_aggregate() || reply.size() % 2 != 0) return false;
    bool well = true;
    grapevine_fields(into, [&](std::string_view name, auto& value) {
        bool found = requires { value.has_value(); };
        bool is_name = true;
        bool is_wanted = false;
        for (const Reply element : reply.elements()) {
            if (is_name) {
                is_wanted = element.text() == name;
            } else if (is_wanted) {
                found = read(element, value);
                break;
            }
            is_name = !is_name;
        }
        well = well && found;
    });
    return well;
}

// Nothing when there is no such hash.
template <Hash T>
bool read(const Reply& reply, std::optional<T>& into) {
    into.reset();
    if (reply.is_null() || (reply.is_aggregate() && reply.size() == 0)) return true;
    return read(reply, into.emplace());
}

}  // namespace grapevine::client

// For a struct with up to 32 fields, in the namespace of the struct: HSET takes it, HGETALL gives
// it. The fields of the hash have the names of the struct's members.
#define GRAPEVINE_HASH(Type, ...)                            \
    template <typename Visit>                                \
    void grapevine_fields(Type& hash, Visit&& visit) {       \
        GRAPEVINE_EACH(__VA_ARGS__)                          \
    }                                                        \
    template <typename Visit>                                \
    void grapevine_fields(const Type& hash, Visit&& visit) { \
        GRAPEVINE_EACH(__VA_ARGS__)                          \
    }

// The preprocessor's way of repeating something: each round of scanning takes one name.
#define GRAPEVINE_EACH(...) __VA_OPT__(GRAPEVINE_SCAN(GRAPEVINE_ONE(__VA_ARGS__)))
#define GRAPEVINE_ONE(name, ...) \
    visit(#name, hash.name);     \
    __VA_OPT__(GRAPEVINE_NEXT GRAPEVINE_PARENTHESES(__VA_ARGS__))
#define GRAPEVINE_NEXT() GRAPEVINE_ONE
#define GRAPEVINE_PARENTHESES ()
#define GRAPEVINE_SCAN(...) GRAPEVINE_SCAN_3(GRAPEVINE_SCAN_3(__VA_ARGS__))
#define GRAPEVINE_SCAN_3(...) GRAPEVINE_SCAN_2(GRAPEVINE_SCAN_2(__VA_ARGS__))
#define GRAPEVINE_SCAN_2(...) GRAPEVINE_SCAN_1(GRAPEVINE_SCAN_1(__VA_ARGS__))
#define GRAPEVINE_SCAN_1(...) GRAPEVINE_SCAN_0(GRAPEVINE_SCAN_0(__VA_ARGS__))
#define GRAPEVINE_SCAN_0(...) GRAPEVINE_SCAN_A(GRAPEVINE_SCAN_A(__VA_ARGS__))
#define GRAPEVINE_SCAN_A(...) __VA_ARGS__
