#include "node/config/field.h"

#include <fmt/format.h>

#include "client/resp/split.h"
#include "node/config/network.h"
#include "node/config/seed.h"

namespace grapevine::node::config {
namespace {

// Canonical text holds words between single blanks.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

std::string print_limit(std::string_view client_class, const OutputLimit& limit) {
    return fmt::format("{} {} {} {}", client_class, limit.hard, limit.soft, limit.patience.count());
}

OutputLimit* limit_of(const std::string& client_class, OutputLimits& limits) {
    const std::string name = lower_case(client_class);
    if (name == "normal") return &limits.normal;
    if (name == "slave" || name == "replica") return &limits.replica;
    if (name == "pubsub") return &limits.pub_sub;
    return nullptr;
}

}  // namespace

std::string print_field(const Shape&, bool value) {
    return value ? "yes" : "no";
}

std::string print_field(const Shape&, const std::string& value) {
    return value;
}

std::string print_field(const Shape&, const std::vector<std::string>& value) {
    return joined(value);
}

std::string print_field(const Shape&, const std::vector<SavePoint>& value) {
    std::vector<std::string> words;
    for (const SavePoint& point : value) {
        words.push_back(fmt::format("{} {}", point.period.count(), point.changes));
    }
    return joined(words);
}

std::string print_field(const Shape&, const OutputLimits& value) {
    return print_limit("normal", value.normal) + ' ' + print_limit("slave", value.replica) + ' ' +
           print_limit("pubsub", value.pub_sub);
}

std::string print_field(const Shape&, const std::optional<PrimaryAddress>& value) {
    return value ? fmt::format("{} {}", value->host, value->port) : std::string();
}

std::string print_number(const Shape& shape, std::uint64_t number) {
    return shape.kind == Kind::octal ? fmt::format("{:o}", number) : std::to_string(number);
}

void read_field(const Shape&, const std::string& text, bool& value) {
    value = text == "yes";
}

void read_field(const Shape&, const std::string& text, std::string& value) {
    value = text;
}

void read_field(const Shape&, const std::string& text, std::vector<std::string>& value) {
    value = words_of(text);
}

void read_field(const Shape&, const std::string& text, std::vector<SavePoint>& value) {
    const auto words = words_of(text);
    value.clear();
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        value.push_back(
            {std::chrono::seconds(*parse_number(words[i])), *parse_number(words[i + 1])});
    }
}

void read_field(const Shape&, const std::string& text, OutputLimits& value) {
    const auto words = words_of(text);
    for (std::size_t i = 0; i + 3 < words.size(); i += 4) {
        *limit_of(words[i], value) = {static_cast<std::uint64_t>(*parse_bytes(words[i + 1])),
                                      static_cast<std::uint64_t>(*parse_bytes(words[i + 2])),
                                      std::chrono::seconds(*parse_number(words[i + 3]))};
    }
}

void read_field(const Shape&, const std::string& text, std::optional<PrimaryAddress>& value) {
    const auto words = words_of(text);
    value.reset();
    if (words.size() != 2 || lower_case(text) == "no one") return;
    value = PrimaryAddress{words[0], static_cast<std::uint16_t>(*parse_number(words[1]))};
}

std::uint64_t read_number(const Shape& shape, const std::string& text) {
    return std::stoull(text, nullptr, shape.kind == Kind::octal ? 8 : 10);
}

Result<void> check_save(Words words) {
    if (words.size() == 1 && words[0].empty()) return {};
    if (words.empty() || words.size() % 2 != 0) return Error{"Invalid save parameters"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto number = parse_number(words[i]);
        const std::int64_t least = i % 2 == 0 ? 1 : 0;
        if (!number || *number < least) return Error{"Invalid save parameters"};
    }
    return {};
}

Result<void> check_output_limits(Words words) {
    if (words.empty() || words.size() % 4 != 0) {
        return Error{"Wrong number of arguments in buffer limit configuration."};
    }
    OutputLimits ignored;
    for (std::size_t i = 0; i < words.size(); i += 4) {
        if (limit_of(words[i], ignored) == nullptr) {
            return Error{"Invalid client class specified in buffer limit configuration."};
        }
        const auto patience = parse_number(words[i + 3]);
        if (!parse_bytes(words[i + 1]) || !parse_bytes(words[i + 2]) || !patience ||
            *patience < 0) {
            return Error{
                "Error in hard, soft or soft_seconds setting in buffer limit configuration."};
        }
    }
    return {};
}

Result<void> check_primary(Words words) {
    if (words.size() == 1 && words[0].empty()) return {};
    if (words.size() != 2) return Error{"wrong number of arguments"};
    if (lower_case(words[0]) == "no" && lower_case(words[1]) == "one") return {};
    const auto port = parse_number(words[1]);
    if (words[0].empty() || words[0].find(' ') != std::string::npos)
        return Error{"Invalid master host"};
    if (!port || *port < 1 || *port > 65535) return Error{"Invalid master port"};
    return {};
}

Result<void> check_bind(Words words) {
    constexpr std::size_t most_addresses = 16;
    if (words.size() > most_addresses) return Error{"Too many bind addresses specified."};
    return {};
}

Result<void> check_plain_file_name(Words words) {
    if (words.size() == 1 && words[0].empty()) return Error{"a file name cannot be empty"};
    for (const std::string& word : words) {
        if (word.find('/') != word.npos) return Error{"argument can't be a path, just a filename"};
    }
    return {};
}

Result<void> check_host_name(Words words) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    for (const std::string& word : words) {
        if (word.size() >= 256) return Error{"Hostnames must be less than 256 characters"};
        if (word.find_first_not_of(allowed) != word.npos) {
            return Error{"Hostnames may only contain alphanumeric characters, hyphens or dots"};
        }
    }
    return {};
}

Result<void> check_node_name(Words words) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    for (const std::string& word : words) {
        if (word.size() >= 256) return Error{"Node names must be less than 256 characters"};
        if (word.find_first_not_of(allowed) != word.npos) {
            return Error{
                "Node names may only contain letters, digits, hyphens, dots and underscores"};
        }
    }
    return {};
}

Result<void> check_password(Words words) {
    constexpr std::size_t longest = 512;
    for (const std::string& word : words) {
        if (word.size() > longest) return Error{"Password is longer than 512 characters"};
    }
    return {};
}

// Whoever hears the bus can try guesses on what was said, as fast as its machines can.
Result<void> check_bus_key(Words words) {
    constexpr std::size_t shortest = 16;
    constexpr std::size_t longest = 512;
    for (const std::string& word : words) {
        if (word.empty()) continue;
        if (word.size() < shortest || word.size() > longest) {
            return Error{
                "a key has 16 to 512 characters that nobody can guess, such as the output of "
                "'openssl rand -hex 32'"};
        }
    }
    return {};
}

Result<void> check_networks(Words words) {
    for (const std::string& word : words) {
        if (word.empty() || parse_network(word)) continue;
        return Error{fmt::format(
            "'{}' is neither an IP address nor a network such as 10.0.0.0/8 or fd00::/8", word)};
    }
    return {};
}

Result<void> check_seeds(Words words) {
    if (words.size() == 1 && words[0].empty()) return {};
    for (const std::string& word : words) {
        if (const auto seed = parse_seed(word); !seed) return seed.error();
    }
    return {};
}

Result<std::vector<std::string>> split_words(std::string_view line) {
    std::string storage;
    std::vector<std::string_view> words;
    if (auto split = client::resp::split_quoted(line, storage, words); !split) {
        return Error{"ERR unbalanced quotes"};
    }
    return std::vector<std::string>(words.begin(), words.end());
}

}  // namespace grapevine::node::config
