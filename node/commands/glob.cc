#include "node/commands/glob.h"

#include <utility>

namespace grapevine::node::commands {
namespace {

char take(std::string_view& text) {
    const char letter = text.front();
    text.remove_prefix(1);
    return letter;
}

// One letter of the pattern, escaped or not.
char take_literal(std::string_view& pattern) {
    if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
    return take(pattern);
}

// Takes the rest of a set, behind its '[', off the pattern. True when `letter` belongs to it.
bool take_set(std::string_view& pattern, char letter) {
    const bool inverted = pattern.starts_with('^');
    if (inverted) pattern.remove_prefix(1);
    bool found = false;
    while (!pattern.empty() && pattern.front() != ']') {
        const bool is_range = pattern.size() >= 3 && pattern[0] != '\\' && pattern[1] == '-';
        auto low = static_cast<unsigned char>(take_literal(pattern));
        auto high = low;
        if (is_range) {
            pattern.remove_prefix(1);
            high = static_cast<unsigned char>(take(pattern));
        }
        if (low > high) std::swap(low, high);
        const auto value = static_cast<unsigned char>(letter);
        found = found || (low <= value && value <= high);
    }
    if (!pattern.empty()) pattern.remove_prefix(1);
    return found != inverted;
}

// Takes the pattern for one letter off; '*' is not one.
bool take_one(std::string_view& pattern, char letter) {
    switch (pattern.front()) {
        case '?':
            pattern.remove_prefix(1);
            return true;
        case '[':
            pattern.remove_prefix(1);
            return take_set(pattern, letter);
        default:
            return take_literal(pattern) == letter;
    }
}

}  // namespace

// Each '*' first stands for nothing, then for one letter more whenever what follows does not match.
// An earlier '*' never has to be tried again: the last one can take over whatever it would leave.
bool matches(std::string_view pattern, std::string_view text) {
    std::string_view after_star;
    std::string_view star_text;
    bool star = false;
    while (!text.empty() || !pattern.empty()) {
        if (!pattern.empty() && pattern.front() == '*') {
            pattern.remove_prefix(1);
            if (pattern.empty()) return true;
            star = true;
            after_star = pattern;
            star_text = text;
            continue;
        }
        if (!pattern.empty() && !text.empty() && take_one(pattern, text.front())) {
            text.remove_prefix(1);
            continue;
        }
        if (!star || star_text.empty()) return false;
        star_text.remove_prefix(1);
        pattern = after_star;
        text = star_text;
    }
    return true;
}

}  // namespace grapevine::node::commands
