#include "client/resp/request.h"

#include <cstring>
#include <optional>
#include <utility>

#include "client/resp/split.h"

namespace grapevine::client::resp {
namespace {

constexpr std::size_t longest_line = 64u << 10;  // Typed, or a header (Redis 7.0).
constexpr std::size_t arguments_of_strangers = 10;
constexpr std::size_t bulk_bytes_of_strangers = 16384;
constexpr std::size_t arguments_kept = 4096;  // Space that is kept from one request to the next.

Error protocol_error(std::string_view what) {
    return Error{"ERR Protocol error: " + std::string(what)};
}

// "<number>\r\n" behind a header's type.
struct Header {
    enum class Kind { whole, partial, malformed } kind = Kind::malformed;
    std::int64_t number = 0;
    std::size_t size = 0;  // Of the text, line end included.
};

// The number as Redis reads it: no sign but '-', no leading zeros, no blanks.
Header read_header(std::string_view input) {
    const bool negative = input.starts_with('-');
    const std::size_t first = negative ? 1 : 0;
    constexpr std::size_t most_digits = 18;
    std::size_t at = first;
    std::int64_t number = 0;
    for (; at < input.size() && input[at] >= '0' && input[at] <= '9'; ++at) {
        if (at - first < most_digits) number = number * 10 + (input[at] - '0');
    }
    if (input.size() < at + 2) {
        const bool hopeless = at < input.size() && input[at] != '\r';
        return {hopeless ? Header::Kind::malformed : Header::Kind::partial, 0, 0};
    }
    const std::size_t digits = at - first;
    const bool padded = digits > 1 && input[first] == '0';
    if (input[at] != '\r' || digits == 0 || digits > most_digits || padded) return {};
    return {Header::Kind::whole, negative ? -number : number, at + 2};
}

// A header of one or two digits that has arrived as a whole, as nearly all have. Size 0: it is not.
struct ShortHeader {
    unsigned number = 0;
    unsigned size = 0;  // Type and line end included.
};

[[gnu::always_inline]] inline ShortHeader read_short_header(std::string_view input, char type) {
    if (input.size() < 5 || input[0] != type) return {};
    const auto first = static_cast<unsigned>(input[1] - '0');
    if (first > 9) return {};
    if (input[2] == '\r') return {first, 4};
    const auto second = static_cast<unsigned>(input[2] - '0');
    if (second > 9 || first == 0 || input[3] != '\r') return {};
    return {first * 10 + second, 5};
}

}  // namespace

Result<std::size_t> RequestReader::read(std::string_view input) {
    if (position_ == 0) {
        start();
        if (input.empty()) return std::size_t{0};
        in_array_ = input.front() == '*';
        if (take_short_array_header(input)) {
            take_short_bulks(input);
            if (remaining_ == 0) return std::exchange(position_, 0);
        }
    } else {
        follow(input);
    }
    begin_ = input.data();
    auto size = in_array_ ? read_array(input) : read_line(input);
    if (size && *size > 0) position_ = 0;
    return size;
}

void RequestReader::start() {
    args_.clear();
    if (args_.capacity() > arguments_kept) args_.shrink_to_fit();
    remaining_ = 0;
    in_bulk_ = false;
}

// The buffer may have been moved to grow: so do the arguments that were found in it.
void RequestReader::follow(std::string_view input) {
    if (input.data() == begin_) return;
    for (std::string_view& arg : args_) arg = {input.data() + (arg.data() - begin_), arg.size()};
}

Result<std::size_t> RequestReader::read_array(std::string_view input) {
    if (position_ == 0) {
        const auto step = read_array_header(input);
        if (!step) return step.error();
        if (*step == Step::more) return std::size_t{0};
        take_short_bulks(input);
    }
    while (remaining_ > 0) {
        if (!in_bulk_) {
            const auto step = read_bulk_header(input);
            if (!step) return step.error();
            if (*step == Step::more) return std::size_t{0};
        }
        if (input.size() - position_ < bulk_size_ + 2) return std::size_t{0};
        args_.emplace_back(input.data() + position_, bulk_size_);
        position_ += bulk_size_ + 2;  // The line end is skipped unseen, as Redis does.
        in_bulk_ = false;
        --remaining_;
    }
    return position_;
}

bool RequestReader::take_short_array_header(std::string_view input) {
    const ShortHeader header = read_short_header(input, '*');
    if (header.size == 0 || header.number > arguments_of_strangers) return false;
    remaining_ = header.number;
    position_ = header.size;
    return true;
}

void RequestReader::take_short_bulks(std::string_view input) {
    std::string_view rest = input.substr(position_);
    std::size_t remaining = remaining_;
    for (; remaining > 0; --remaining) {
        const ShortHeader header = read_short_header(rest, '$');
        const std::size_t size = header.size + header.number + 2;
        if (header.size == 0 || rest.size() < size) break;
        args_.emplace_back(rest.data() + header.size, header.number);
        rest.remove_prefix(size);
    }
    remaining_ = remaining;
    position_ = input.size() - rest.size();
}

Result<RequestReader::Step> RequestReader::read_array_header(std::string_view input) {
    const Header header = read_header(input.substr(1));
    if (header.kind == Header::Kind::partial) {
        if (input.size() > longest_line) return protocol_error("too big mbulk count string");
        return Step::more;
    }
    const bool whole = header.kind == Header::Kind::whole;
    if (!whole || header.number > static_cast<std::int64_t>(limits_.arguments)) {
        return protocol_error("invalid multibulk length");
    }
    const std::size_t arguments = header.number > 0 ? static_cast<std::size_t>(header.number) : 0;
    if (arguments > arguments_of_strangers && !limits_.authenticated) {
        return protocol_error("unauthenticated multibulk length");
    }
    remaining_ = arguments;
    position_ = 1 + header.size;
    return Step::done;
}

Result<RequestReader::Step> RequestReader::read_bulk_header(std::string_view input) {
    if (position_ == input.size()) return Step::more;
    if (input[position_] != '$') {
        return protocol_error(std::string("expected '$', got '") + input[position_] + '\'');
    }
    const Header header = read_header(input.substr(position_ + 1));
    if (header.kind == Header::Kind::partial) {
        if (input.size() - position_ > longest_line) {
            return protocol_error("too big bulk count string");
        }
        return Step::more;
    }
    const bool whole = header.kind == Header::Kind::whole && header.number >= 0;
    const auto size = static_cast<std::size_t>(header.number);
    if (!whole || size > limits_.bulk_bytes) return protocol_error("invalid bulk length");
    if (size > bulk_bytes_of_strangers && !limits_.authenticated) {
        return protocol_error("unauthenticated bulk length");
    }
    position_ += 1 + header.size;
    bulk_size_ = size;
    in_bulk_ = true;
    return Step::done;
}

// A line typed by a person, ended by "\n" or "\r\n".
Result<std::size_t> RequestReader::read_line(std::string_view input) {
    const std::size_t end = input.find('\n', position_);
    if (end == std::string_view::npos) {
        if (input.size() > longest_line) return protocol_error("too big inline request");
        position_ = input.size();
        return std::size_t{0};
    }
    std::string_view line = input.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (auto split = split_quoted(line, unquoted_, args_); !split) return split.error();
    return end + 1;
}

}  // namespace grapevine::client::resp
