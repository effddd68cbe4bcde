#include <algorithm>
#include <charconv>
#include <grapevine/reply.h>
#include <grapevine/request.h>
#include <utility>

#include "slots/slot.h"

namespace grapevine::client {
namespace {

std::size_t digits_of(std::size_t number) {
    std::size_t digits = 1;
    for (; number >= 10; number /= 10) ++digits;
    return digits;
}

char* put_line_end(char* at) {
    at[0] = '\r';
    at[1] = '\n';
    return at + 2;
}

char* put_line(char* at, char type, std::size_t number, std::size_t digits) {
    *at = type;
    if (digits == 1) {
        at[1] = static_cast<char>('0' + number);
        return put_line_end(at + 2);
    }
    for (std::size_t i = digits; i > 0; --i, number /= 10)
        at[i] = static_cast<char>('0' + number % 10);
    return put_line_end(at + 1 + digits);
}

}  // namespace

void Bytes::take(Bytes& other) noexcept {
    size_ = other.size_;
    if (other.data_ == other.inline_) {
        data_ = inline_;
        capacity_ = inside;
        std::memcpy(inline_, other.inline_, size_);
    } else {
        data_ = std::exchange(other.data_, other.inline_);
        capacity_ = std::exchange(other.capacity_, inside);
    }
    other.size_ = 0;
}

void Bytes::grow(std::size_t needed) {
    const std::size_t larger = std::max(2 * capacity_, needed);
    char* moved = new char[larger];
    std::memcpy(moved, data_, size_);
    release();
    data_ = moved;
    capacity_ = larger;
}

Argument::Argument(long long number, Integer) {
    const auto [end, error] = std::to_chars(digits_, digits_ + sizeof digits_, number);
    text_ = {digits_, static_cast<std::size_t>(end - digits_)};
}

Argument::Argument(double number) {
    const auto [end, error] = std::to_chars(digits_, digits_ + sizeof digits_, number);
    text_ = {digits_, static_cast<std::size_t>(end - digits_)};
}

Request::Request(std::string_view name, unsigned arguments, Trait traits) {
    facts_.traits = traits;
    begin(name, arguments);
}

void Request::begin(std::string_view name, unsigned arguments) {
    ++commands_;
    const auto blank = name.find(' ');
    header('*', arguments + (blank == std::string_view::npos ? 1u : 2u));
    bulk(name.substr(0, blank));
    if (blank != std::string_view::npos) bulk(name.substr(blank + 1));
}

void Request::key(std::string_view name) {
    belongs_with(name);
    bulk(name);
}

void Request::belongs_with(std::string_view key) {
    const std::uint16_t slot = slots::slot_of(key).number;
    if (facts_.slot != any_slot && facts_.slot != slot) facts_.crosses_slots = true;
    facts_.slot = slot;
}

void Request::append(const Request& other) {
    const Facts& theirs = other.facts_;
    facts_.crosses_slots |= theirs.crosses_slots;
    if (theirs.slot != any_slot) {
        facts_.crosses_slots |= facts_.slot != any_slot && facts_.slot != theirs.slot;
        facts_.slot = theirs.slot;
    }
    bytes_.append(other.bytes());
    commands_ += other.commands_;
}

void Request::otherwise(std::string_view name, std::string_view second) {
    name_ = name;
    second_ = second;
}

// "*n" stays; the two bulk strings after it are replaced.
bool Request::replace_head() {
    const std::string before(bytes());
    const std::size_t first = before.find('\n') + 1;
    std::size_t rest = first;
    for (int i = 0; i < 2; ++i) rest += Reply::extent(std::string_view(before).substr(rest));
    bytes_.shrink(first);
    bulk(name_);
    bulk(std::exchange(second_, {}));
    bytes_.append(std::string_view(before).substr(rest));
    return true;
}

void Request::bulk(std::string_view bytes) {
    const std::size_t digits = digits_of(bytes.size());
    char* at =
        put_line(bytes_.extend(1 + digits + 2 + bytes.size() + 2), '$', bytes.size(), digits);
    std::memcpy(at, bytes.data(), bytes.size());
    put_line_end(at + bytes.size());
}

void Request::header(char type, std::size_t number) {
    const std::size_t digits = digits_of(number);
    put_line(bytes_.extend(1 + digits + 2), type, number, digits);
}

}  // namespace grapevine::client
