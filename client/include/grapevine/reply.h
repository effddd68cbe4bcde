// One reply as it came from the server (RESP2 or RESP3), looked at where it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace grapevine::client {

// A view: valid as long as the bytes under it, which for a reply that a callback is given is until
// the callback returns.
class Reply {
public:
    enum class Kind : std::uint8_t {
        null,
        simple,      // +text
        error,       // -text, !n
        integer,     // :number
        bulk,        // $n
        array,       // *n
        map,         // %n
        set,         // ~n
        push,        // >n: sent by the server by itself
        boolean,     // #t
        real,        // ,number
        big_number,  // (number
        verbatim,    // =n, a text; its format is left out
    };
    class Elements;

    Reply() = default;  // Null.
    // `encoded` begins with one complete reply that is well formed; more may follow it.
    explicit Reply(std::string_view encoded);

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_error() const { return kind_ == Kind::error; }
    bool is_aggregate() const { return kind_ >= Kind::array && kind_ <= Kind::push; }

    // Of what is written as text, numbers too ("3.5" of a real); empty for aggregates and null.
    std::string_view text() const;
    // Of integer and boolean (1, 0).
    std::int64_t integer() const { return number_; }
    // Direct elements of an aggregate; of a map twice its pairs: key, value, key, value.
    std::size_t size() const { return is_aggregate() ? static_cast<std::size_t>(number_) : 0; }
    Elements elements() const;

    // How many bytes this reply takes at the front of `encoded`, attributes before it included.
    static std::size_t extent(std::string_view encoded);

private:
    Kind kind_ = Kind::null;
    std::int64_t number_ = 0;
    std::string_view text_;  // Of an aggregate: the bytes of its elements and what follows them.
    friend class Elements;
};

// The elements of an aggregate, one after the other.
class Reply::Elements {
public:
    class Iterator {
    public:
        using value_type = Reply;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using pointer = const Reply*;
        using reference = Reply;

        Iterator() = default;
        Iterator(std::string_view rest, std::size_t left) : rest_(rest), left_(left) {}
        Reply operator*() const { return Reply(rest_); }
        Iterator& operator++() {
            if (--left_ > 0) rest_.remove_prefix(Reply::extent(rest_));
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(const Iterator& other) const { return left_ == other.left_; }

    private:
        std::string_view rest_;
        std::size_t left_ = 0;
    };

    Elements(std::string_view bytes, std::size_t count) : bytes_(bytes), count_(count) {}
    Iterator begin() const { return {bytes_, count_}; }
    Iterator end() const { return {}; }
    // As they were sent, one after the other.
    std::string_view encoded() const;

private:
    std::string_view bytes_;
    std::size_t count_;
};

}  // namespace grapevine::client
