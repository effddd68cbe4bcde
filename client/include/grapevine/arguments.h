// What commands are given: several arguments at once, ranges of them, and options.
#pragma once

#include <grapevine/hash.h>
#include <grapevine/lean.h>
#include <grapevine/request.h>
#include <type_traits>

namespace grapevine::client {

// A word and up to two numbers that follow it. All options are such, and trivially destructible:
// GCC 12 destroys other temporaries in a co_await expression twice.
class Option {
public:
    constexpr explicit Option(std::string_view word) : word_(word) {}
    constexpr Option(std::string_view word, std::int64_t number)
        : word_(word), numbers_{number, 0}, count_(1) {}
    constexpr Option(std::string_view word, std::int64_t one, std::int64_t other)
        : word_(word), numbers_{one, other}, count_(2) {}

    constexpr unsigned size() const { return 1 + count_; }
    void add_to(Request& request) const {
        request.add(word_);
        for (unsigned i = 0; i < count_; ++i) request.add(numbers_[i]);
    }

private:
    std::string_view word_;
    std::int64_t numbers_[2] = {};
    unsigned count_ = 0;
};

// The kinds of options: each command says which it takes.
struct Expiry : Option {
    using Option::Option;
};
struct Condition : Option {
    using Option::Option;
};
struct Than : Option {
    using Option::Option;
};
struct Changed : Option {
    using Option::Option;
};
struct Limit : Option {
    using Option::Option;
};

// When a key expires: in so long, at a moment, or as before.
constexpr Expiry ex(std::chrono::seconds time) {
    return {"EX", time.count()};
}
constexpr Expiry px(std::chrono::milliseconds time) {
    return {"PX", time.count()};
}
inline Expiry ex_at(std::chrono::system_clock::time_point moment) {
    using std::chrono::milliseconds;
    return {"PXAT", std::chrono::duration_cast<milliseconds>(moment.time_since_epoch()).count()};
}
inline constexpr Expiry keep_ttl{"KEEPTTL"};
inline constexpr Expiry persist{"PERSIST"};  // Of GETEX: it expires no more.
// Only then is it done.
inline constexpr Condition if_absent{"NX"};
inline constexpr Condition if_present{"XX"};
// Only if what is given is greater or less than what is there.
inline constexpr Than if_greater{"GT"};
inline constexpr Than if_less{"LT"};
inline constexpr Changed count_changed{"CH"};  // Of ZADD: count what was changed as well.
constexpr Limit limit(std::int64_t offset, std::int64_t count) {
    return {"LIMIT", offset, count};
}

template <typename... Options>
inline constexpr bool is_conditional = (std::is_same_v<Options, Condition> || ...);
// The result of SET: with a Condition, whether it was met.
template <typename... Options>
using Stored = std::conditional_t<is_conditional<Options...>, bool, void>;
template <typename... Options>
inline constexpr Trait repeatable_unless_conditional =
    is_conditional<Options...> || (std::is_same_v<Options, Than> || ...) ? Trait::none
                                                                         : Trait::repeatable;

// Fills in where a request belongs and what it is like, by the table of all commands.
void find_keys(Request& request);

namespace arguments {

template <typename T>
concept Single = std::is_constructible_v<Argument, const T&>;
template <typename T>
concept Pair = requires(const T& pair) {
    pair.first;
    pair.second;
};
template <typename T>
concept Range = !Single<T> && requires(const T& range) {
    range.begin();
    range.end();
};

// Calls take(argument) for each, in order.
template <typename T, typename Take>
void each(const T& part, Take&& take) {
    if constexpr (Single<T>) {
        take(Argument(part));
    } else if constexpr (Hash<T>) {
        each_field(part, [&](std::string_view name, const auto& value) {
            take(Argument(name));
            take(Argument(value));
        });
    } else if constexpr (Pair<T>) {
        each(part.first, take);
        each(part.second, take);
    } else {
        static_assert(Range<T>,
                      "an argument is a text, a number, a pair, a range of those or, for hashes, a "
                      "struct with GRAPEVINE_HASH");
        for (const auto& element : part) each(element, take);
    }
}

template <typename T>
unsigned count_one(const T& part) {
    if constexpr (Single<T>) return 1;
    unsigned number = 0;
    if constexpr (!Single<T>) each(part, [&](const Argument&) { ++number; });
    return number;
}

template <typename... Parts>
unsigned count(const Parts&... parts) {
    return (0u + ... + count_one(parts));
}
template <typename... Parts>
void add(Request& request, const Parts&... parts) {
    (each(parts, [&](const Argument& argument) { request.add(argument); }), ...);
}
template <typename... Parts>
void add_keys(Request& request, const Parts&... parts) {
    (each(parts, [&](const Argument& argument) { request.key(argument.text()); }), ...);
}
// Key, value, key, value, ...
template <typename... Parts>
void add_pairs(Request& request, const Parts&... parts) {
    bool is_key = true;
    const auto take = [&](const Argument& argument) {
        is_key ? request.key(argument.text()) : request.add(argument);
        is_key = !is_key;
    };
    (each(parts, take), ...);
}

template <typename... Options>
constexpr unsigned size_of(const Options&... options) {
    return (0u + ... + options.size());
}
template <typename... Kinds, typename... Options>
constexpr void allow(const Options&...) {
    static_assert((std::is_trivially_destructible_v<Options> && ...),
                  "options are trivially destructible: others are destroyed twice by GCC 12 in a "
                  "co_await expression");
    [[maybe_unused]] constexpr auto is_allowed = []<typename One>(const One*) {
        return (std::is_same_v<One, Kinds> || ...);
    };
    static_assert((is_allowed(static_cast<const Options*>(nullptr)) && ...),
                  "the command takes no option of this kind: see its comment in "
                  "grapevine/commands.h");
}

}  // namespace arguments
}  // namespace grapevine::client
