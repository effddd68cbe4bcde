// A growing run of bytes that needs no heap while it is short.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace grapevine::client {

class Bytes {
public:
    static constexpr std::size_t inside = 192;  // Bytes without a heap allocation.

    Bytes() = default;
    Bytes(Bytes&& other) noexcept { take(other); }
    Bytes& operator=(Bytes&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~Bytes() { release(); }

    std::string_view view() const { return {data_, size_}; }
    std::size_t size() const { return size_; }

    void append(std::string_view bytes) {
        char* at = extend(bytes.size());
        std::memcpy(at, bytes.data(), bytes.size());
    }
    // Room for `count` bytes at the end, to be written by the caller.
    char* extend(std::size_t count) {
        if (size_ + count > capacity_) grow(size_ + count);
        char* at = data_ + size_;
        size_ += count;
        return at;
    }
    // Takes back the last bytes, down to `size`.
    void shrink(std::size_t size) { size_ = size; }

private:
    void grow(std::size_t needed);
    void release() {
        if (data_ != inline_) delete[] data_;
    }
    void take(Bytes& other) noexcept;

    char* data_ = inline_;
    std::size_t size_ = 0;
    std::size_t capacity_ = inside;
    char inline_[inside];
};

}  // namespace grapevine::client
