// A value or an Error; the interface is that of std::expected (C++23).
#pragma once

#include <exception>
#include <grapevine/error.h>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace grapevine::client {

// What value() throws when there is none. Nothing else in this library throws.
class Failed : public std::exception {
public:
    [[noreturn]] static void raise(const Error& error);
    explicit Failed(Error error) : error_(std::move(error)) {}
    const Error& error() const { return error_; }
    const char* what() const noexcept override { return error_.text.c_str(); }

private:
    Error error_;
};

// What every Result does with an error, compiled once.
struct ErrorPlace {
    static void make(Error* place, Error&& from);
    static void make(Error* place, const Error& from);
    static void end(Error& error);
};

template <typename T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : value_(std::move(value)), has_value_(true) {}
    Result(Error error) : has_value_(false) { ErrorPlace::make(&error_, std::move(error)); }
    // A value whose move throws ends the program.
    Result(Result&& other) noexcept { take(std::move(other)); }
    Result(const Result& other)
        requires std::is_copy_constructible_v<T>
    {
        take(other);
    }
    Result& operator=(Result&& other) noexcept {
        if (this != &other) {
            this->~Result();
            take(std::move(other));
        }
        return *this;
    }
    Result& operator=(const Result& other)
        requires std::is_copy_constructible_v<T>
    {
        return *this = Result(other);
    }
    ~Result() { has_value_ ? value_.~T() : ErrorPlace::end(error_); }

    bool has_value() const { return has_value_; }
    explicit operator bool() const { return has_value_; }

    // Only when there is a value.
    T& operator*() & { return value_; }
    const T& operator*() const& { return value_; }
    T&& operator*() && { return std::move(value_); }
    T* operator->() { return &value_; }
    const T* operator->() const { return &value_; }

    // Throws Failed when there is none.
    T& value() & { return demand(), value_; }
    T&& value() && { return demand(), std::move(value_); }
    template <typename U>
    T value_or(U&& otherwise) const& {
        return has_value_ ? value_ : static_cast<T>(std::forward<U>(otherwise));
    }

    // Only when there is an error.
    const Error& error() const& { return error_; }
    Error&& error() && { return std::move(error_); }

private:
    void demand() const {
        if (!has_value_) Failed::raise(error_);
    }
    // Nothing is here yet.
    template <typename Other>
    void take(Other&& other) {
        has_value_ = other.has_value_;
        if (has_value_)
            new (&value_) T(std::forward<Other>(other).value_);
        else
            ErrorPlace::make(&error_, std::forward<Other>(other).error_);
    }

    union {
        T value_;
        Error error_;
    };
    bool has_value_;
};

// Done, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool has_value() const { return !error_; }
    explicit operator bool() const { return has_value(); }
    void value() const {
        if (error_) Failed::raise(*error_);
    }
    const Error& error() const& { return *error_; }
    Error&& error() && { return std::move(*error_); }

private:
    std::optional<Error> error_;
};

}  // namespace grapevine::client
