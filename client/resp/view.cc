#include <charconv>
#include <cstring>
#include <grapevine/reply.h>

#include "client/resp/bulk.h"

namespace grapevine::client {
namespace {

constexpr std::size_t line_end_size = 2;

struct Line {
    char type = '_';
    std::string_view text;
    std::string_view rest;
};

Line first_line(std::string_view encoded) {
    const char* end = static_cast<const char*>(std::memchr(encoded.data(), '\r', encoded.size()));
    const auto size = static_cast<std::size_t>(end - encoded.data());
    return {encoded[0], encoded.substr(1, size - 1), encoded.substr(size + line_end_size)};
}

std::int64_t to_integer(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// What follows the first so many replies of `bytes`.
std::string_view after(std::string_view bytes, std::int64_t replies) {
    for (; replies > 0; --replies) bytes.remove_prefix(Reply::extent(bytes));
    return bytes;
}

bool is_nil(std::string_view length) {
    return length == "-1";
}

}  // namespace

Reply::Reply(std::string_view encoded) {
    if (encoded.empty()) return;
    if (const resp::Bulk bulk = resp::bulk_at(encoded); bulk.header > 0) {
        kind_ = Kind::bulk;
        text_ = encoded.substr(bulk.header, bulk.length);
        return;
    }
    Line line = first_line(encoded);
    // Attributes are about the reply, not of it.
    while (line.type == '|') line = first_line(after(line.rest, 2 * to_integer(line.text)));
    text_ = line.text;
    switch (line.type) {
        case '$':
        case '!':
        case '=':
            if (is_nil(line.text)) {
                text_ = {};
                return;
            }
            kind_ = line.type == '$' ? Kind::bulk : line.type == '!' ? Kind::error : Kind::verbatim;
            text_ = line.rest.substr(0, static_cast<std::size_t>(to_integer(line.text)));
            if (kind_ == Kind::verbatim) text_.remove_prefix(4);  // "txt:"
            return;
        case '*':
        case '%':
        case '~':
        case '>':
            if (is_nil(line.text)) {
                text_ = {};
                return;
            }
            kind_ = line.type == '*'   ? Kind::array
                    : line.type == '%' ? Kind::map
                    : line.type == '~' ? Kind::set
                                       : Kind::push;
            number_ = to_integer(line.text) * (kind_ == Kind::map ? 2 : 1);
            text_ = line.rest;
            return;
        case '+':
            kind_ = Kind::simple;
            return;
        case '-':
            kind_ = Kind::error;
            return;
        case ':':
            kind_ = Kind::integer;
            number_ = to_integer(line.text);
            return;
        case '#':
            kind_ = Kind::boolean;
            number_ = line.text == "t" ? 1 : 0;
            return;
        case ',':
            kind_ = Kind::real;
            return;
        case '(':
            kind_ = Kind::big_number;
            return;
        default:
            text_ = {};
    }
}

std::string_view Reply::text() const {
    return is_aggregate() ? std::string_view{} : text_;
}

Reply::Elements Reply::elements() const {
    return {text_, size()};
}

std::string_view Reply::Elements::encoded() const {
    const auto left = after(bytes_, static_cast<std::int64_t>(count_));
    return bytes_.substr(0, bytes_.size() - left.size());
}

std::size_t Reply::extent(std::string_view encoded) {
    Line line = first_line(encoded);
    // A loop, since a server may send attribute after attribute.
    while (line.type == '|') line = first_line(after(line.rest, 2 * to_integer(line.text)));
    const std::size_t header = encoded.size() - line.rest.size();
    const auto spanned = [&](std::int64_t replies) {
        return static_cast<std::size_t>(after(line.rest, replies).data() - encoded.data());
    };
    switch (line.type) {
        case '$':
        case '!':
        case '=':
            return is_nil(line.text)
                       ? header
                       : header + static_cast<std::size_t>(to_integer(line.text)) + line_end_size;
        case '*':
        case '~':
        case '>':
            return is_nil(line.text) ? header : spanned(to_integer(line.text));
        case '%':
            return is_nil(line.text) ? header : spanned(2 * to_integer(line.text));
        default:
            return header;
    }
}

}  // namespace grapevine::client
