#include "client/resp/split.h"

#include <cctype>
#include <optional>

namespace grapevine::client::resp {
namespace {

bool is_blank(char letter) {
    return std::isspace(static_cast<unsigned char>(letter)) != 0;
}

std::optional<int> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return {};
}

char control_of(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'b':
            return '\b';
        case 'a':
            return '\a';
        default:
            return letter;
    }
}

// Walks over one line and writes the words without their quotes to `storage`.
class Splitter {
public:
    Splitter(std::string_view line, std::string& storage) : rest_(line), storage_(storage) {}

    bool skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
        return !rest_.empty();
    }

    // False when a quote stays open or something sticks to a closing one.
    bool word() {
        while (!rest_.empty() && !is_blank(rest_.front())) {
            const char letter = take();
            if (letter == '"' || letter == '\'') {
                const bool closed = letter == '"' ? escaped() : verbatim();
                return closed && (rest_.empty() || is_blank(rest_.front()));
            }
            storage_.push_back(letter);
        }
        return true;
    }

private:
    char take() {
        const char letter = rest_.front();
        rest_.remove_prefix(1);
        return letter;
    }

    bool escaped() {
        while (!rest_.empty()) {
            const char letter = take();
            if (letter == '"') return true;
            storage_.push_back(letter == '\\' && !rest_.empty() ? escape() : letter);
        }
        return false;
    }

    // What stands behind a backslash.
    char escape() {
        if (rest_.size() >= 3 && rest_[0] == 'x') {
            const auto high = hex_digit(rest_[1]);
            const auto low = hex_digit(rest_[2]);
            if (high && low) {
                rest_.remove_prefix(3);
                return static_cast<char>(*high * 16 + *low);
            }
        }
        return control_of(take());
    }

    bool verbatim() {
        while (!rest_.empty()) {
            char letter = take();
            if (letter == '\'') return true;
            if (letter == '\\' && rest_.starts_with('\'')) letter = take();
            storage_.push_back(letter);
        }
        return false;
    }

    std::string_view rest_;
    std::string& storage_;
};

}  // namespace

Result<void> split_quoted(std::string_view line, std::string& storage,
                          std::vector<std::string_view>& words) {
    storage.clear();
    storage.reserve(line.size());  // Words never grow, so those already found stay where they are.
    Splitter splitter(line, storage);
    while (splitter.skip_blanks()) {
        const std::size_t begin = storage.size();
        if (!splitter.word()) return Error{"ERR Protocol error: unbalanced quotes in request"};
        words.emplace_back(storage.data() + begin, storage.size() - begin);
    }
    return {};
}

}  // namespace grapevine::client::resp
