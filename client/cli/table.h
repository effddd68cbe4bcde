// Text in colours and columns for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::client::cli {

enum class Colour { none, red, green, yellow, bold };

// Each shard has a colour of its own, in its row and in the picture of the slots.
int shard_colour(std::size_t index);
int colour_code(Colour colour);

// Paints text, or leaves it as it is.
class Painter {
public:
    explicit Painter(bool enabled) : enabled_(enabled) {}

    // `code` is one of the two above.
    std::string operator()(std::string_view text, int code) const;
    std::string operator()(std::string_view text, Colour colour) const {
        return (*this)(text, colour_code(colour));
    }

private:
    bool enabled_;
};

struct Cell {
    std::string text;
    int colour = 0;
};
using Row = std::vector<Cell>;

// Rows of equal length, the first one being the header. As wide as needed; columns from `numbers`
// on are aligned to the right. Lines have no blanks at their ends.
std::string table_text(const std::vector<Row>& rows, std::size_t numbers, const Painter& paint);

}  // namespace grapevine::client::cli
