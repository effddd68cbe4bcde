#include "client/resp/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace grapevine::client::resp {
namespace {

constexpr std::string_view line_end = "\r\n";

// A type, at most 20 characters of number, the line's end.
constexpr std::size_t line_capacity = 1 + 20 + 2;

template <typename Number>
void append_line(std::string& out, char type, Number number) {
    std::array<char, line_capacity> line;
    line[0] = type;
    char* end = std::to_chars(line.data() + 1, line.data() + line.size() - 2, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    out.append(line.data(), end);
}

// Most replies are short: their lines are made once, by the compiler.
constexpr std::size_t ready_lines = 100;
struct ReadyLines {
    struct Line {
        std::array<char, 5> text;
        std::uint8_t size;
    };
    std::array<Line, ready_lines> lines{};

    constexpr explicit ReadyLines(char type) {
        for (std::size_t number = 0; number < ready_lines; ++number) {
            Line& line = lines[number];
            line.text[line.size++] = type;
            if (number >= 10) line.text[line.size++] = static_cast<char>('0' + number / 10);
            line.text[line.size++] = static_cast<char>('0' + number % 10);
            for (const char letter : line_end) line.text[line.size++] = letter;
        }
    }
    std::string_view operator[](std::size_t number) const {
        return {lines[number].text.data(), lines[number].size};
    }
};
constexpr ReadyLines ready_integers{':'};
constexpr ReadyLines ready_bulks{'$'};

// The shortest text that reads back as the same number; no exponent while 17 digits can do without.
std::string_view to_text(double number, std::array<char, 32>& buffer) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
    const double size = std::abs(number);
    const bool plain = number == 0 || (size >= 1e-5 && size < 1e17);
    const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    char* const begin = buffer.data();
    const char* end = std::to_chars(begin, begin + buffer.size(), number, format).ptr;
    return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

void Writer::header(char type, std::uint64_t number) {
    append_line(*out_, type, number);
}

void Writer::simple(std::string_view text) {
    out_->push_back('+');
    out_->append(text).append(line_end);
}

void Writer::error(const Error& error) {
    out_->push_back('-');
    const auto start = out_->size();
    out_->append(error.text);
    const auto breaks = [](char letter) { return letter == '\r' || letter == '\n'; };
    std::replace_if(out_->begin() + static_cast<std::ptrdiff_t>(start), out_->end(), breaks, ' ');
    out_->append(line_end);
}

void Writer::integer(std::int64_t number) {
    if (number >= 0 && static_cast<std::size_t>(number) < ready_lines) {
        out_->append(ready_integers[static_cast<std::size_t>(number)]);
    } else {
        append_line(*out_, ':', number);
    }
}

void Writer::bulk(std::string_view bytes) {
    if (bytes.size() >= ready_lines) {
        header('$', bytes.size());
        out_->append(bytes).append(line_end);
        return;
    }
    // Put together first: three appends would look three times whether there is room.
    std::array<char, sizeof(ReadyLines::Line) + ready_lines + line_end.size()> text;
    const ReadyLines::Line& line = ready_bulks.lines[bytes.size()];
    std::memcpy(text.data(), line.text.data(), line.text.size());
    char* end = text.data() + line.size;
    bytes.copy(end, bytes.size());
    std::memcpy(end + bytes.size(), line_end.data(), line_end.size());
    out_->append(text.data(), line.size + bytes.size() + line_end.size());
}

void Writer::null() {
    out_->append(version_ == Version::resp3 ? "_\r\n" : "$-1\r\n");
}

void Writer::null_array() {
    out_->append(version_ == Version::resp3 ? "_\r\n" : "*-1\r\n");
}

void Writer::array(std::size_t elements) {
    header('*', elements);
}

void Writer::map(std::size_t pairs) {
    if (version_ == Version::resp3) return header('%', pairs);
    header('*', pairs * 2);
}

void Writer::set(std::size_t elements) {
    header(version_ == Version::resp3 ? '~' : '*', elements);
}

void Writer::push(std::size_t elements) {
    header(version_ == Version::resp3 ? '>' : '*', elements);
}

void Writer::boolean(bool value) {
    if (version_ == Version::resp2) return integer(value ? 1 : 0);
    out_->append(value ? "#t\r\n" : "#f\r\n");
}

void Writer::real(double number) {
    std::array<char, 32> buffer;
    const std::string_view text = to_text(number, buffer);
    if (version_ == Version::resp2) return bulk(text);
    out_->push_back(',');
    out_->append(text).append(line_end);
}

void Writer::verbatim(std::string_view text, std::string_view format) {
    if (version_ == Version::resp2) return bulk(text);
    header('=', format.size() + 1 + text.size());
    out_->append(format).append(":").append(text).append(line_end);
}

}  // namespace grapevine::client::resp
