// From a reply to the type that was asked for.
#pragma once

#include <concepts>
#include <grapevine/result.h>
#include <grapevine/value.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::client {

// False when the reply is of another shape; then `into` is unspecified. A std::string_view is valid
// as long as the reply.
bool read(const Reply& reply, std::string& into);
bool read(const Reply& reply, std::string_view& into);
bool read(const Reply& reply, std::int64_t& into);  // Also from a text of digits.
bool read(const Reply& reply, double& into);        // Also from a text.
bool read(const Reply& reply, bool& into);          // 1 and 0, OK and nil, as well.
bool read(const Reply& reply, Value& into);         // Always.

template <typename T>
bool read(const Reply& reply, std::optional<T>& into);
template <typename T>
bool read(const Reply& reply, std::vector<T>& into);
template <typename A, typename B>
bool read(const Reply& reply, std::pair<A, B>& into);
// std::map, std::unordered_map and what is like them.
template <typename M>
concept Map = requires {
    typename M::key_type;
    typename M::mapped_type;
};
template <Map M>
bool read(const Reply& reply, M& into);
template <std::integral N>
    requires(!std::same_as<N, bool> && !std::same_as<N, std::int64_t>)
bool read(const Reply& reply, N& into);
// Each element for itself: an error among them is its own.
template <typename T>
bool read(const Reply& reply, Result<T>& into);

// What there is before it is read: a Result cannot be without a value and without an error.
template <typename T>
T unread() {
    if constexpr (std::constructible_from<T, Error> && !std::default_initializable<T>)
        return Error{};
    else
        return T{};
}

template <typename T>
bool read(const Reply& reply, std::optional<T>& into) {
    if (reply.is_null()) {
        into.reset();
        return true;
    }
    return read(reply, into.emplace(unread<T>()));
}

// Pairs come from a map, or from an array of arrays (RESP3) or of keys and values in turn (RESP2).
template <typename T>
struct is_pair : std::false_type {};
template <typename A, typename B>
struct is_pair<std::pair<A, B>> : std::true_type {};

template <typename A, typename B>
bool read_pairs(const Reply& reply, std::vector<std::pair<A, B>>& into) {
    bool is_key = true;
    for (const Reply element : reply.elements()) {
        if (is_key && element.is_aggregate() && reply.kind() != Reply::Kind::map) {
            if (!read(element, into.emplace_back())) return false;
            continue;
        }
        if (!(is_key ? read(element, into.emplace_back().first)
                     : read(element, into.back().second)))
            return false;
        is_key = !is_key;
    }
    return is_key;
}

template <typename T>
bool read(const Reply& reply, std::vector<T>& into) {
    if (!reply.is_aggregate()) return reply.is_null();
    into.reserve(reply.size());
    if constexpr (is_pair<T>::value) {
        return read_pairs(reply, into);
    } else {
        for (const Reply element : reply.elements()) {
            T item = unread<T>();
            if (!read(element, item)) return false;
            into.push_back(std::move(item));
        }
        return true;
    }
}

template <typename A, typename B>
bool read(const Reply& reply, std::pair<A, B>& into) {
    if (reply.size() != 2) return false;
    const auto elements = reply.elements();
    auto element = elements.begin();
    if (!read(*element, into.first)) return false;
    ++element;
    return read(*element, into.second);
}

template <Map M>
bool read(const Reply& reply, M& into) {
    std::vector<std::pair<typename M::key_type, typename M::mapped_type>> pairs;
    if (!read(reply, pairs)) return false;
    for (auto& pair : pairs) into.insert(std::move(pair));
    return true;
}

template <std::integral N>
    requires(!std::same_as<N, bool> && !std::same_as<N, std::int64_t>)
bool read(const Reply& reply, N& into) {
    std::int64_t wide = 0;
    if (!read(reply, wide) || !std::in_range<N>(wide)) return false;
    into = static_cast<N>(wide);
    return true;
}

template <typename T>
bool read(const Reply& reply, Result<T>& into) {
    if (reply.is_error()) {
        into = Error{.text = std::string(reply.text()), .effect = Effect::ran};
        return true;
    }
    if constexpr (std::is_void_v<T>) {
        into = Result<T>{};
        return true;
    } else {
        T value = unread<T>();
        if (!read(reply, value)) return false;
        into = std::move(value);
        return true;
    }
}

// Whether something of this type is only valid as long as the reply.
template <typename T>
inline constexpr bool is_view = std::is_same_v<T, std::string_view>;
template <typename T>
inline constexpr bool is_view<std::optional<T>> = is_view<T>;
template <typename T>
inline constexpr bool is_view<std::vector<T>> = is_view<T>;
template <typename T>
inline constexpr bool is_view<Result<T>> = is_view<T>;
template <typename A, typename B>
inline constexpr bool is_view<std::pair<A, B>> = is_view<A> || is_view<B>;

Error wrong_shape(const Reply& reply);  // "TYPE the reply is an array, ..."

// The result of one call.
template <typename T>
Result<T> read_as(const Reply& reply) {
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        // Read where it will be: a value is not moved again.
        Result<T> result{unread<T>()};
        if (!read(reply, *result)) result = wrong_shape(reply);
        return result;
    }
}

}  // namespace grapevine::client
