// The longest common subsequence of two strings: LCS.
#include <algorithm>
#include <string>
#include <vector>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

struct LcsOptions {
    bool length_only = false;   // LEN
    bool matches = false;       // IDX
    bool match_sizes = false;   // WITHMATCHLEN
    std::int64_t smallest = 0;  // MINMATCHLEN
};

Result<LcsOptions> parse_options(std::span<const std::string_view> args) {
    LcsOptions options;
    for (std::size_t at = 0; at < args.size(); ++at) {
        if (is_word(args[at], "IDX")) {
            options.matches = true;
        } else if (is_word(args[at], "LEN")) {
            options.length_only = true;
        } else if (is_word(args[at], "WITHMATCHLEN")) {
            options.match_sizes = true;
        } else if (is_word(args[at], "MINMATCHLEN") && at + 1 < args.size()) {
            const auto size = parse_integer(args[++at]);
            if (!size) return size.error();
            options.smallest = std::max<std::int64_t>(*size, 0);
        } else {
            return syntax_error();
        }
    }
    if (options.matches && options.length_only) {
        return Error{"ERR If you want both the length and indexes, please just use IDX."};
    }
    return options;
}

// How long the longest common subsequence of each pair of prefixes is.
class Lengths {
public:
    Lengths(std::string_view a, std::string_view b)
        : row_(b.size() + 1), lengths_((a.size() + 1) * row_) {
        for (std::size_t i = 1; i <= a.size(); ++i) {
            for (std::size_t j = 1; j <= b.size(); ++j) {
                lengths_[i * row_ + j] = a[i - 1] == b[j - 1]
                                             ? at(i - 1, j - 1) + 1
                                             : std::max(at(i - 1, j), at(i, j - 1));
            }
        }
    }
    std::uint32_t at(std::size_t i, std::size_t j) const { return lengths_[i * row_ + j]; }

private:
    std::size_t row_;
    std::vector<std::uint32_t> lengths_;
};

// A piece that both strings have, at these places.
struct Match {
    std::size_t a = 0;
    std::size_t b = 0;
    std::size_t size = 0;
};

// The pieces of the longest common subsequence, from its end to its start.
std::vector<Match> find_matches(std::string_view a, std::string_view b, const Lengths& lengths) {
    std::vector<Match> matches;
    std::size_t i = a.size();
    std::size_t j = b.size();
    while (i > 0 && j > 0) {
        if (a[i - 1] == b[j - 1]) {
            --i, --j;
            const bool extends =
                !matches.empty() && matches.back().a == i + 1 && matches.back().b == j + 1;
            if (!extends) matches.push_back({i + 1, j + 1, 0});
            matches.back() = {i, j, matches.back().size + 1};
        } else if (lengths.at(i - 1, j) > lengths.at(i, j - 1)) {
            --i;
        } else {
            --j;
        }
    }
    return matches;
}

void write_range(client::resp::Writer& reply, std::size_t first, std::size_t size) {
    reply.array(2);
    reply.integer(static_cast<std::int64_t>(first));
    reply.integer(static_cast<std::int64_t>(first + size - 1));
}

void write_matches(client::resp::Writer& reply, std::vector<Match> matches, std::uint32_t length,
                   const LcsOptions& options) {
    std::erase_if(matches, [&](const Match& match) {
        return match.size < static_cast<std::size_t>(options.smallest);
    });
    reply.map(2);
    reply.bulk("matches");
    reply.array(matches.size());
    for (const Match& match : matches) {
        reply.array(options.match_sizes ? 3 : 2);
        write_range(reply, match.a, match.size);
        write_range(reply, match.b, match.size);
        if (options.match_sizes) reply.integer(static_cast<std::int64_t>(match.size));
    }
    reply.bulk("len");
    reply.integer(length);
}

std::string text_of(std::string_view a, const std::vector<Match>& matches) {
    std::string text;
    for (auto match = matches.rbegin(); match != matches.rend(); ++match) {
        text.append(a.substr(match->a, match->size));
    }
    return text;
}

// The table of lengths takes four bytes for each pair of bytes.
Result<void> check_size(std::string_view a, std::string_view b) {
    if ((a.size() + 1) * (b.size() + 1) <= longest_string / sizeof(std::uint32_t)) return {};
    return Error{"ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"};
}

Result<void> run_lcs(Call& call) {
    const auto first = call.store.string(call.key(1));
    if (!first) return Error{"ERR The specified keys must contain string values"};
    const std::string a(first->value_or(""));
    const auto second = call.store.string(call.key(2));
    if (!second) return Error{"ERR The specified keys must contain string values"};
    const std::string b(second->value_or(""));
    const auto options = parse_options(call.args.subspan(3));
    if (!options) return options.error();
    if (auto fits = check_size(a, b); !fits) return fits;

    const Lengths lengths(a, b);
    const std::uint32_t length = lengths.at(a.size(), b.size());
    if (options->length_only) {
        call.reply.integer(length);
        return {};
    }
    auto matches = find_matches(a, b, lengths);
    if (options->matches) {
        write_matches(call.reply, std::move(matches), length, *options);
    } else {
        call.reply.bulk(text_of(a, matches));
    }
    return {};
}

constinit const Command rows[] = {
    {.name = "LCS",
     .run = run_lcs,
     .arity = -3,
     .keys = first_two_arguments,
     .flags = reads,
     .group = "string",
     .since = "7.0.0",
     .complexity = "O(N*M) where N and M are the lengths of the strings.",
     .summary = "Finds the longest subsequence that two strings share."},
};

}  // namespace

std::span<const Command> lcs_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
