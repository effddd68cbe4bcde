#include "client/cli/table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace grapevine::client::cli {
namespace {

constexpr std::size_t gap = 2;  // Blanks between columns.

std::vector<std::size_t> widths_of(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].text.size());
        }
    }
    return widths;
}

// Blanks are put in only before the next text, so that none stays at the end.
std::string line_of(const Row& row, const std::vector<std::size_t>& widths, std::size_t numbers,
                    const Painter& paint) {
    std::string line;
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::size_t padding = widths[i] - row[i].text.size();
        const bool to_the_right = i >= numbers;
        if (to_the_right) blanks += padding;
        if (!row[i].text.empty()) {
            line.append(std::exchange(blanks, 0), ' ');
            line += paint(row[i].text, row[i].colour);
        }
        blanks += (to_the_right ? 0 : padding) + gap;
    }
    return line;
}

}  // namespace

int shard_colour(std::size_t index) {
    constexpr std::array codes{34, 32, 33, 35, 36, 94, 92, 93, 95, 96};
    return codes[index % codes.size()];
}

int colour_code(Colour colour) {
    switch (colour) {
        case Colour::none:
            return 0;
        case Colour::bold:
            return 1;
        case Colour::red:
            return 31;
        case Colour::green:
            return 32;
        case Colour::yellow:
            return 33;
    }
    return 0;
}

std::string Painter::operator()(std::string_view text, int code) const {
    if (!enabled_ || code == 0) return std::string(text);
    return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string table_text(const std::vector<Row>& rows, std::size_t numbers, const Painter& paint) {
    if (rows.empty()) return {};
    const auto widths = widths_of(rows);
    std::string text;
    for (const Row& row : rows) text += line_of(row, widths, numbers, paint) + "\n";
    return text;
}

}  // namespace grapevine::client::cli
