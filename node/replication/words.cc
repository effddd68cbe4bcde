#include "node/replication/words.h"

#include <algorithm>

#include "client/resp/writer.h"

namespace grapevine::node::replication {
namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string_view upper_case(std::string_view word, std::span<char> buffer) {
    if (word.size() > buffer.size()) return {};
    std::ranges::transform(word, buffer.begin(), upper);
    return {buffer.data(), word.size()};
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, upper, upper);
}

std::string request(std::initializer_list<std::string_view> words) {
    std::string bytes;
    client::resp::Writer writer(bytes);
    writer.array(words.size());
    for (const auto word : words) writer.bulk(word);
    return bytes;
}

}  // namespace grapevine::node::replication
