#include "client/cache/questions.h"

#include <charconv>
#include <vector>

#include "client/resp/writer.h"

namespace grapevine::client::cache {
namespace {

constexpr std::string_view get = "*2\r\n$3\r\nGET\r\n";

// Reads of one key, which is their first argument, by Redis 7.0's COMMAND. Not among them: what
// chance decides (SRANDMEMBER), what time changes (TTL), what is about the server (OBJECT), and
// what may be long (SCAN and its like).
constexpr std::string_view kept =
    "GET GETRANGE STRLEN GETBIT BITCOUNT TYPE "
    "HGET HMGET HGETALL HEXISTS HLEN HSTRLEN HKEYS HVALS "
    "LLEN LINDEX LRANGE SCARD SISMEMBER SMISMEMBER SMEMBERS "
    "ZCARD ZCOUNT ZSCORE ZMSCORE ZRANK ZREVRANK ZRANGE ";

// The number after the type byte at the front of `bytes`, which is moved behind the end of line.
std::size_t take_number(std::string_view& bytes) {
    std::size_t number = 0;
    const char* end = bytes.data() + bytes.size();
    const char* stopped = std::from_chars(bytes.data() + 1, end, number).ptr;
    bytes.remove_prefix(static_cast<std::size_t>(stopped - bytes.data()) + 2);
    return number;
}

std::string_view take_word(std::string_view& bytes) {
    const std::size_t size = take_number(bytes);
    const std::string_view word = bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
    return word;
}

bool is_kept(std::string_view name) {
    const auto place = kept.find(name);
    return !name.empty() && place != kept.npos && kept[place + name.size()] == ' ' &&
           (place == 0 || kept[place - 1] == ' ');
}

std::string upper(std::string_view word) {
    std::string letters(word);
    for (char& letter : letters)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return letters;
}

std::string line(char type, std::string_view text) {
    return type + std::string(text) + "\r\n";
}

}  // namespace

std::string_view kept_commands() {
    return kept;
}

std::optional<Question> question_of(const Request& request) {
    std::string_view bytes = request.bytes();
    if (request.commands() != 1) return {};
    if (bytes.starts_with(get)) {
        bytes.remove_prefix(get.size());
        return Question{.key = take_word(bytes), .text = {}};
    }
    const std::string_view whole = bytes;
    if (take_number(bytes) < 2 || !is_kept(upper(take_word(bytes)))) return {};
    return Question{.key = take_word(bytes), .text = whole};
}

std::vector<std::string_view> take_command(std::string_view& bytes) {
    std::vector<std::string_view> words(take_number(bytes));
    for (std::string_view& word : words) word = take_word(bytes);
    return words;
}

bool is_flush(const std::vector<std::string_view>& words) {
    const std::string name = upper(words[0]);
    return name == "FLUSHALL" || name == "FLUSHDB";
}

std::string encoded(const Reply& reply) {
    std::string bytes;
    resp::Writer writer(bytes, resp::Version::resp3);
    const auto elements = [&] { writer.raw(reply.elements().encoded()); };
    switch (reply.kind()) {
        case Reply::Kind::null:
            writer.null();
            break;
        case Reply::Kind::simple:
            return line('+', reply.text());
        case Reply::Kind::error:
            return line('-', reply.text());
        case Reply::Kind::integer:
            writer.integer(reply.integer());
            break;
        case Reply::Kind::bulk:
            writer.bulk(reply.text());
            break;
        case Reply::Kind::array:
        case Reply::Kind::push:
            writer.array(reply.size());
            elements();
            break;
        case Reply::Kind::map:
            writer.map(reply.size() / 2);
            elements();
            break;
        case Reply::Kind::set:
            writer.set(reply.size());
            elements();
            break;
        case Reply::Kind::boolean:
            writer.boolean(reply.integer() != 0);
            break;
        case Reply::Kind::real:
            return line(',', reply.text());
        case Reply::Kind::big_number:
            return line('(', reply.text());
        case Reply::Kind::verbatim:
            writer.verbatim(reply.text());
            break;
    }
    return bytes;
}

}  // namespace grapevine::client::cache
