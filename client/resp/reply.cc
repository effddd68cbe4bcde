#include "client/resp/reply.h"

#include <charconv>
#include <string>
#include <utility>

namespace grapevine::client::resp {
namespace {

using Kind = Value::Kind;

constexpr std::size_t longest_line = 64u << 10;

Error protocol_error(const std::string& what) {
    return Error{"ERR Protocol error: " + what};
}

template <typename Number>
std::optional<Number> to_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

Error invalid(const char* what, std::string_view text) {
    return protocol_error("invalid " + std::string(what) + " '" + std::string(text.substr(0, 64)) +
                          "' in a reply");
}

// What fits on one line. Nothing when `type` is of another sort.
Result<std::optional<Value>> read_scalar(char type, std::string_view line) {
    Value value;
    value.text = line;
    switch (type) {
        case '+':
            value.kind = Kind::simple;
            return std::optional(value);
        case '-':
            value.kind = Kind::error;
            return std::optional(value);
        case '(':
            value.kind = Kind::big_number;
            return std::optional(value);
        case '_':
            return std::optional(Value{});
        default:
            break;
    }
    value.text.clear();
    if (type == ':') {
        const auto number = to_number<std::int64_t>(line);
        if (!number) return invalid("integer", line);
        value.kind = Kind::integer;
        value.integer = *number;
    } else if (type == ',') {
        const auto number = to_number<double>(line);
        if (!number) return invalid("double", line);
        value.kind = Kind::real;
        value.real = *number;
    } else if (type == '#') {
        if (line != "t" && line != "f") return invalid("boolean", line);
        value.kind = Kind::boolean;
        value.integer = line == "t" ? 1 : 0;
    } else {
        return std::optional<Value>{};
    }
    return std::optional(value);
}

std::optional<Kind> aggregate_kind(char type) {
    switch (type) {
        case '*':
            return Kind::array;
        case '%':
            return Kind::map;
        case '~':
            return Kind::set;
        case '>':
            return Kind::push;
        case '|':
            return Kind::map;  // An attribute.
        default:
            return {};
    }
}

std::optional<Kind> string_kind(char type) {
    switch (type) {
        case '$':
            return Kind::bulk;
        case '!':
            return Kind::error;
        case '=':
            return Kind::verbatim;
        default:
            return {};
    }
}

constexpr std::size_t line_end_size = 2;

}  // namespace

Result<std::size_t> ReplyReader::read(std::string_view input) {
    if (position_ == 0) elements_ = 0;
    for (;;) {
        auto item = read_item(input.substr(position_));
        if (!item) return item.error();
        if (!*item) return std::size_t{0};
        position_ += (*item)->size;
        if ((*item)->elements > 0) {
            if (auto opened = open(std::move(**item)); !opened) return opened.error();
        } else if (!(*item)->is_attribute && close(std::move((*item)->value))) {
            return std::exchange(position_, 0);
        }
    }
}

Result<void> ReplyReader::open(Item item) {
    if (unfinished_.size() >= limits_.depth) return protocol_error("a reply is nested too deep");
    elements_ += item.elements;
    if (elements_ > limits_.elements) return protocol_error("a reply has too many elements");
    unfinished_.push_back({std::move(item.value), item.elements, item.is_attribute});
    return {};
}

// Puts a complete value where it belongs, which may complete what it belongs to. True when the
// whole reply is complete.
bool ReplyReader::close(Value value) {
    while (!unfinished_.empty()) {
        Unfinished& parent = unfinished_.back();
        parent.value.elements.push_back(std::move(value));
        if (--parent.missing > 0) return false;
        value = std::move(parent.value);
        const bool is_attribute = parent.is_attribute;
        unfinished_.pop_back();
        if (is_attribute) return false;
    }
    value_ = std::move(value);
    return true;
}

Result<std::optional<ReplyReader::Item>> ReplyReader::read_item(std::string_view input) const {
    const auto end = input.find("\r\n");
    if (end == std::string_view::npos) {
        if (input.size() > longest_line) return protocol_error("a line of a reply is too long");
        return std::optional<Item>{};
    }
    if (end == 0) return protocol_error("a reply begins with an empty line");
    const char type = input.front();
    const std::string_view line = input.substr(1, end - 1);
    if (string_kind(type)) return read_string(type, line, input.substr(end + line_end_size));
    if (aggregate_kind(type)) return read_aggregate(type, line);
    auto scalar = read_scalar(type, line);
    if (!scalar) return scalar.error();
    if (!*scalar) return invalid("type", input.substr(0, 1));
    return std::optional(Item{std::move(**scalar), end + line_end_size});
}

// `input` is what follows the header.
Result<std::optional<ReplyReader::Item>> ReplyReader::read_string(char type, std::string_view line,
                                                                  std::string_view input) const {
    const std::size_t header_size = 1 + line.size() + line_end_size;
    if (line == "-1") return std::optional(Item{Value{}, header_size});
    const auto size = to_number<std::uint32_t>(line);
    if (!size || *size > limits_.bulk_bytes) return invalid("length", line);
    if (input.size() < *size + line_end_size) return std::optional<Item>{};
    std::string_view text = input.substr(0, *size);
    if (!input.substr(*size).starts_with("\r\n")) {
        return protocol_error("a string in a reply does not end where it should");
    }
    Value value;
    value.kind = *string_kind(type);
    if (type == '=') {
        constexpr std::size_t format_size = 4;  // "txt:"
        if (text.size() < format_size) return invalid("verbatim string", text);
        text.remove_prefix(format_size);
    }
    value.text = text;
    return std::optional(Item{std::move(value), header_size + *size + line_end_size});
}

Result<std::optional<ReplyReader::Item>> ReplyReader::read_aggregate(char type,
                                                                     std::string_view line) const {
    Item item;
    item.size = 1 + line.size() + line_end_size;
    if (line == "-1") return std::optional(std::move(item));
    const auto count = to_number<std::uint32_t>(line);
    if (!count) return invalid("length", line);
    item.value.kind = *aggregate_kind(type);
    const bool pairs = item.value.kind == Kind::map;
    item.elements = std::size_t{*count} * (pairs ? 2 : 1);
    item.is_attribute = type == '|';
    return std::optional(std::move(item));
}

}  // namespace grapevine::client::resp
