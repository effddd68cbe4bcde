#include "client/resp/scanner.h"

#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include "client/resp/bulk.h"

namespace grapevine::client::resp {
namespace {

constexpr std::size_t longest_line = 64u << 10;
constexpr std::size_t line_end_size = 2;

slots::Error protocol_error(const std::string& what) {
    return {"ERR Protocol error: " + what};
}

slots::Error invalid(const char* what, std::string_view text) {
    return protocol_error("invalid " + std::string(what) + " '" + std::string(text.substr(0, 64)) +
                          "' in a reply");
}

template <typename Number>
bool is_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

// Lengths and counts: up to 10 digits, nothing else. False when it is something else.
bool read_length(std::string_view text, std::size_t& length) {
    if (text.empty() || text.size() > 10) return false;
    length = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        length = length * 10 + static_cast<std::size_t>(c - '0');
    }
    return true;
}

// The size of a reply that is complete, of the two usual kinds and flawless; else 0.
std::size_t usual_reply(std::string_view input, std::size_t most_bytes) {
    constexpr std::string_view ok = "+OK\r\n";
    if (input.starts_with(ok)) return ok.size();
    const Bulk bulk = bulk_at(input);
    if (bulk.header == 0 || bulk.length > most_bytes || bulk.size() > input.size()) return 0;
    const bool ends = input[bulk.size() - 2] == '\r' && input[bulk.size() - 1] == '\n';
    return ends ? bulk.size() : 0;
}

}  // namespace

slots::Result<std::size_t> ReplyScanner::scan(std::string_view input) {
    if (position_ == 0) {
        elements_ = 0;
        if (const std::size_t size = usual_reply(input, limits_.bulk_bytes)) return size;
    }
    for (;;) {
        auto item = scan_item(input.substr(position_));
        if (!item) return item.error();
        if (item->size == 0) return std::size_t{0};
        position_ += item->size;
        if (item->elements > 0) {
            if (open_.size() >= limits_.depth) return protocol_error("a reply is nested too deep");
            elements_ += item->elements;
            if (elements_ > limits_.elements)
                return protocol_error("a reply has too many elements");
            open_.push_back({item->elements, item->is_attribute});
        } else if (!item->is_attribute && close()) {
            needed_ = 1;
            return std::exchange(position_, 0);
        }
    }
}

// One element is complete, which may complete what it belongs to. True when the whole reply is.
bool ReplyScanner::close() {
    while (!open_.empty()) {
        if (--open_.back().missing > 0) return false;
        const bool is_attribute = open_.back().is_attribute;
        open_.pop_back();
        if (is_attribute) return false;
    }
    return true;
}

slots::Result<ReplyScanner::Item> ReplyScanner::scan_item(std::string_view input) {
    const void* found = input.empty() ? nullptr : std::memchr(input.data(), '\r', input.size());
    const std::size_t end =
        found == nullptr ? input.size()
                         : static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
    if (end > longest_line) return protocol_error("a line of a reply is too long");
    if (end + 1 >= input.size()) {
        needed_ = position_ + input.size() + 1;
        return Item{};
    }
    if (input[end + 1] != '\n')
        return protocol_error("a line of a reply has a stray carriage return");
    if (end == 0) return protocol_error("a reply begins with an empty line");
    const char type = input.front();
    const std::string_view line = input.substr(1, end - 1);
    const Item whole_line{.size = end + line_end_size};
    switch (type) {
        case '$':
        case '!':
        case '=':
            return scan_string(type, line, input);
        case '*':
        case '%':
        case '~':
        case '>':
        case '|':
            return scan_aggregate(type, line);
        case ':':
            if (!is_number<std::int64_t>(line)) return invalid("integer", line);
            return whole_line;
        case ',':
            if (!is_number<double>(line)) return invalid("double", line);
            return whole_line;
        case '#':
            if (line != "t" && line != "f") return invalid("boolean", line);
            return whole_line;
        case '+':
        case '-':
        case '(':
        case '_':
            return whole_line;
        default:
            return invalid("type", input.substr(0, 1));
    }
}

slots::Result<ReplyScanner::Item> ReplyScanner::scan_string(char type, std::string_view line,
                                                            std::string_view input) {
    const std::size_t header_size = 1 + line.size() + line_end_size;
    if (line == "-1") return Item{.size = header_size};
    std::size_t length = 0;
    if (!read_length(line, length) || length > limits_.bulk_bytes) return invalid("length", line);
    const std::size_t size = header_size + length + line_end_size;
    if (input.size() < size) {
        needed_ = position_ + size;
        return Item{};
    }
    if (input[size - 2] != '\r' || input[size - 1] != '\n')
        return protocol_error("a string in a reply does not end where it should");
    if (type == '=' && length < 4)
        return invalid("verbatim string", input.substr(header_size, length));
    return Item{.size = size};
}

slots::Result<ReplyScanner::Item> ReplyScanner::scan_aggregate(char type,
                                                               std::string_view line) const {
    Item item{.size = 1 + line.size() + line_end_size};
    if (line == "-1" && type != '|') return item;
    if (!read_length(line, item.elements)) return invalid("length", line);
    if (item.elements > limits_.elements) return protocol_error("a reply has too many elements");
    if (type == '%' || type == '|') item.elements *= 2;
    item.is_attribute = type == '|';
    return item;
}

}  // namespace grapevine::client::resp
