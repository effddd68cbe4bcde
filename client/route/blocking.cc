#include "client/route/blocking.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

namespace grapevine::client::route {
namespace {

// Longer than that is for ever.
constexpr double longest_seconds = 10.0 * 365 * 24 * 3600;

enum class At { last, first, second, block };
struct Row {
    std::string_view name;
    At at;
    double unit;  // In seconds.
};
constexpr std::array rows{
    Row{"BLPOP", At::last, 1},           Row{"BRPOP", At::last, 1},
    Row{"BZPOPMIN", At::last, 1},        Row{"BZPOPMAX", At::last, 1},
    Row{"BLMOVE", At::last, 1},          Row{"BRPOPLPUSH", At::last, 1},
    Row{"BLMPOP", At::first, 1},         Row{"BZMPOP", At::first, 1},
    Row{"WAIT", At::second, 0.001},      Row{"XREAD", At::block, 0.001},
    Row{"XREADGROUP", At::block, 0.001},
};

bool same_word(std::string_view a, std::string_view b) {
    const auto upper = [](unsigned char letter) { return std::toupper(letter); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return upper(x) == upper(y); });
}

// Bulk strings of one encoded command.
std::vector<std::string_view> words_of(std::string_view request) {
    std::vector<std::string_view> words;
    request.remove_prefix(std::min(request.size(), request.find('\n') + 1));
    while (request.starts_with('$')) {
        const auto line = request.find('\n');
        std::size_t size = 0;
        std::from_chars(request.data() + 1, request.data() + line, size);
        words.push_back(request.substr(line + 1, size));
        request.remove_prefix(line + 1 + size + 2);
    }
    return words;
}

// The argument that says it; nothing when there is none.
std::optional<std::string_view> timeout_of(const std::vector<std::string_view>& words, At at) {
    if (at == At::block) {
        for (std::size_t i = 1; i + 1 < words.size(); ++i) {
            if (same_word(words[i], "STREAMS")) break;
            if (same_word(words[i], "BLOCK")) return words[i + 1];
        }
        return {};
    }
    const std::size_t index = at == At::last ? words.size() - 1 : at == At::first ? 1 : 2;
    if (index == 0 || index >= words.size()) return {};
    return words[index];
}

}  // namespace

std::optional<Duration> server_timeout(std::string_view request) {
    const auto words = words_of(request);
    if (words.empty()) return {};
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& each) { return same_word(each.name, words[0]); });
    if (row == rows.end()) return {};
    const auto text = timeout_of(words, row->at);
    if (!text) return Duration{};
    double number = 0;
    std::from_chars(text->data(), text->data() + text->size(), number);
    const double seconds = number * row->unit;
    if (seconds == 0 || seconds > longest_seconds) return {};
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::max(0.0, seconds)));
}

}  // namespace grapevine::client::route
