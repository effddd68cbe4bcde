#include "node/config/directives.h"

#include <algorithm>
#include <fmt/format.h>

#include "node/config/field.h"
#include "node/config/row.h"

namespace grapevine::node::config {
namespace {

constexpr int deepest_include = 16;

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = std::min(line.find_first_not_of(blanks), line.size());
    line.remove_prefix(begin);
    return line.substr(0, line.find_last_not_of(blanks) + 1);
}

// Puts the directives of included files where their `include` stands.
class Includer {
public:
    explicit Includer(const Files& files) : files_(files) {}

    Result<void> file(const std::string& path) {
        if (++depth_ > deepest_include) {
            return Error{
                fmt::format("{}: includes go deeper than {} files; does it include itself?", path,
                            deepest_include)};
        }
        auto text = files_.read(path);
        if (!text) return Error{fmt::format("cannot read '{}': {}", path, text.error().text)};
        auto directives = parse_text(*text, path == "-" ? "standard input" : path);
        if (!directives) return directives.error();
        auto followed = follow(std::move(*directives));
        --depth_;
        return followed;
    }

    Result<void> follow(std::vector<Directive> directives) {
        for (Directive& directive : directives) {
            if (!is_include(directive)) {
                found.push_back(std::move(directive));
            } else if (auto included = include(directive); !included) {
                return included;
            }
        }
        return {};
    }

    std::vector<Directive> found;

private:
    Result<void> include(const Directive& directive) {
        if (directive.words.size() != 2)
            return located(directive, "include takes one file or pattern");
        const std::string& pattern = directive.words[1];
        const bool is_pattern = pattern.find_first_of("*?[") != pattern.npos;
        for (const auto& path : is_pattern ? files_.match(pattern) : std::vector{pattern}) {
            if (auto included = file(path); !included)
                return located(directive, included.error().text);
        }
        return {};
    }

    const Files& files_;
    int depth_ = 0;
};

bool is_option(const std::string& argument) {
    return argument.size() > 2 && argument.starts_with("--");
}

bool is_save(const Directive& directive) {
    return lower_case(directive.words[0]) == "save";
}

// `arguments` begins with an option. Takes that option and its values away.
Directive take_option(Words& arguments) {
    Directive directive{{arguments[0].substr(2)}, "command line"};
    arguments = arguments.subspan(1);
    const bool may_lack_value = is_save(directive);
    while (!arguments.empty()) {
        const bool needs_value = directive.words.size() == 1 && !may_lack_value;
        if (is_option(arguments[0]) && !needs_value) break;
        directive.words.push_back(arguments[0]);
        arguments = arguments.subspan(1);
    }
    if (may_lack_value && directive.words.size() == 1) directive.words.emplace_back();
    return directive;
}

// Arguments of one word that hold several, as in --save "900 1", count as so many words.
Result<void> split_values(Directive& directive) {
    const Row* row = find_row(directive.words[0]);
    if (row == nullptr || row->shape.kind != Kind::several) return {};
    if (directive.words.size() != 2 || directive.words[1].empty()) return {};
    auto words = split_words(directive.words[1]);
    if (!words) return located(directive, "unbalanced quotes");
    words->insert(words->begin(), directive.words[0]);
    directive.words = std::move(*words);
    return {};
}

// The command line's save points replace the file's: Redis does so although lines add up.
Result<std::vector<Directive>> parse_options(Words arguments) {
    std::vector<Directive> directives;
    bool saves_seen = false;
    while (!arguments.empty()) {
        if (!is_option(arguments[0])) {
            return Error{fmt::format("command line: expected --directive, got '{}'", arguments[0])};
        }
        directives.push_back(take_option(arguments));
        if (auto split = split_values(directives.back()); !split) return split.error();
        if (!saves_seen && is_save(directives.back())) {
            saves_seen = true;
            directives.insert(directives.end() - 1, {{"save", ""}, "command line"});
        }
    }
    return directives;
}

// A line that cannot be read, as far as it is nobody's secret.
std::string_view tellable(std::string_view line) {
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    const Row* row = find_row(name);
    return row != nullptr && row->secret ? name : line;
}

}  // namespace

Result<std::vector<Directive>> parse_text(std::string_view text, const std::string& file) {
    std::vector<Directive> directives;
    for (int line_number = 1; !text.empty(); ++line_number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        std::string source = fmt::format("{}:{}", file, line_number);
        auto words = split_words(line);
        if (!words)
            return Error{fmt::format("{}: unbalanced quotes in '{}'", source, tellable(line))};
        if (words->empty()) continue;  // Blanks that trimmed() does not know, like a form feed.
        directives.push_back({std::move(*words), std::move(source), line_number});
    }
    return directives;
}

Result<Directives> read_arguments(Words arguments, const Files& files) {
    Directives directives;
    Includer includer(files);
    if (!arguments.empty() && !is_option(arguments[0])) {
        directives.file = arguments[0];
        arguments = arguments.subspan(1);
        if (auto read = includer.file(directives.file); !read) return read.error();
    }
    auto options = parse_options(arguments);
    if (!options) return options.error();
    if (auto followed = includer.follow(std::move(*options)); !followed) return followed.error();
    directives.list = std::move(includer.found);
    return directives;
}

Error located(const Directive& directive, std::string_view problem) {
    return Error{fmt::format("{}: {}", directive.source, problem)};
}

bool is_include(const Directive& directive) {
    return lower_case(directive.words[0]) == "include";
}

}  // namespace grapevine::node::config
