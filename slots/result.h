// The user's mistake and the world's failure are values: T, or an Error that the caller must look
// at.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "slots/check.h"

namespace grapevine::slots {

struct Error {
    std::string text;  // As a client reads it, without the leading '-': "ERR no such key".

    // The first word: "MOVED 3999 10.0.0.7:6379" -> "MOVED".
    std::string_view code() const { return std::string_view(text).substr(0, text.find(' ')); }
    bool operator==(const Error&) const = default;
};

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }

    // Only when there is a value.
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(value()); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    // Only when there is an error.
    const Error& error() const {
        GRAPEVINE_CHECK(state_.index() == 1,
                        "a result is asked for its error only when it has one");
        return *std::get_if<1>(&state_);
    }

private:
    T& value() {
        GRAPEVINE_CHECK(state_.index() == 0, "a result is looked at before it is used");
        return *std::get_if<0>(&state_);
    }
    const T& value() const { return const_cast<Result*>(this)->value(); }

    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const { return !error_; }
    const Error& error() const {
        GRAPEVINE_CHECK(error_, "a result is asked for its error only when it has one");
        return *error_;
    }

private:
    std::optional<Error> error_;
};

}  // namespace grapevine::slots

namespace grapevine {
using slots::Error;
using slots::Result;
}  // namespace grapevine
