// What these headers need of <chrono>, <functional>, <memory> and <optional>, which are dear to
// compile: the first three take half a second of every file that includes them, this some
// hundredths.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#if __has_include( \
    <bits/chrono.h>) && __has_include(<bits/std_function.h>)  // libstdc++ 12 or later
#include <bits/chrono.h>        // Durations, clocks and literals, without calendars and formats.
#include <bits/std_function.h>  // std::function.
#else
#include <chrono>
#include <functional>
#endif

namespace grapevine::client {

// The owner of one object on the heap.
template <typename T>
class Owned {
public:
    explicit Owned(T* object) : object_(object) {}
    Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Owned& operator=(Owned&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Owned() { delete object_; }

    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }

private:
    T* object_;
};

// Room for an object that is made later, once. (As std::optional, which is dear to compile.)
template <typename T>
class Later {
public:
    Later() {}
    Later(const Later&) = delete;
    ~Later() {
        if (is_there_) object_.~T();
    }
    template <typename... From>
    void make(From&&... from) {
        new (&object_) T(std::forward<From>(from)...);
        is_there_ = true;
    }
    T& operator*() { return object_; }  // Only when it is there.

private:
    union {
        T object_;
    };
    bool is_there_ = false;
};

}  // namespace grapevine::client
