#include "node/config/change.h"

#include <algorithm>
#include <fmt/format.h>

#include "node/config/field.h"
#include "node/config/load.h"

namespace grapevine::node::config {
namespace {

bool has_wildcard(std::string_view pattern) {
    return pattern.find_first_of("*?[\\") != pattern.npos;
}

// CONFIG GET's answer, in which no name comes twice.
class Answer {
public:
    explicit Answer(const Config& config) : config_(config) {}

    void add(std::string name, const Row& row) {
        const bool known = std::any_of(found.begin(), found.end(),
                                       [&](const auto& pair) { return pair.first == name; });
        if (!known) found.emplace_back(std::move(name), row.print(row, config_));
    }

    std::vector<std::pair<std::string, std::string>> found;

private:
    const Config& config_;
};

Error failed(std::string_view name, std::string_view reason) {
    return Error{fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name,
                             reason)};
}

bool may_change(const Row& row, const Config& config, bool local) {
    if (row.change != Change::by_permission) return row.change == Change::any_time;
    return config.enable_protected_configs == Allowed::yes ||
           (config.enable_protected_configs == Allowed::local && local);
}

Result<const Row*> row_to_change(std::string_view name, const Config& config, bool local) {
    const Row* row = find_row(name);
    if (row == nullptr || row->change == Change::unseen) {
        return Error{
            fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'", name)};
    }
    if (may_change(*row, config, local)) return row;
    const bool is_protected = row->change == Change::by_permission;
    return failed(name, is_protected ? "can't set protected config" : "can't set immutable config");
}

// One pair. Does not look at what other pairs say.
Result<void> set_one(const Row& row, std::string_view value, Config& config) {
    std::vector<std::string> words{std::string(value)};
    if (row.shape.kind == Kind::several && !value.empty()) {
        auto split = split_words(value);
        if (!split) return Error{"unbalanced quotes"};
        if (!split->empty()) words = std::move(*split);
    }
    if (auto read = read_words(row, words, config); !read) return read;
    if (is_refused(row, config)) return Error{fmt::format("not supported: {}", row.missing)};
    return {};
}

std::vector<std::string_view> differences(const Config& before, const Config& after) {
    std::vector<std::string_view> names;
    for (const Row& row : rows()) {
        if (row.print(row, before) != row.print(row, after)) names.push_back(row.name);
    }
    return names;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> get(const Config& config,
                                                     std::span<const std::string_view> patterns,
                                                     Matches matches) {
    Answer answer(config);
    for (const std::string_view pattern : patterns) {
        const std::string wanted = lower_case(pattern);
        for (const Row& row : rows()) {
            if (row.change == Change::unseen) continue;
            for (const std::string_view name : {row.name, row.alias}) {
                if (name.empty()) continue;
                if (name == wanted) {
                    answer.add(std::string(pattern), row);
                } else if (has_wildcard(wanted) && matches(wanted, name)) {
                    answer.add(std::string(name), row);
                }
            }
        }
    }
    return std::move(answer.found);
}

Result<Changed> set(const Config& config, std::span<const std::string_view> names_and_values,
                    bool local) {
    if (names_and_values.size() % 2 != 0) return Error{"ERR syntax error"};
    Changed changed{.config = config, .names = {}};
    std::vector<const Row*> seen;
    for (std::size_t i = 0; i < names_and_values.size(); i += 2) {
        const std::string_view name = names_and_values[i];
        auto row = row_to_change(name, config, local);
        if (!row) return row.error();
        if (std::find(seen.begin(), seen.end(), *row) != seen.end()) {
            return failed(name, "duplicate parameter");
        }
        seen.push_back(*row);
        if (auto done = set_one(**row, names_and_values[i + 1], changed.config); !done) {
            return failed(name, done.error().text);
        }
    }
    if (auto settled = settle(changed.config); !settled)
        return Error{"ERR " + settled.error().text};
    changed.names = differences(config, changed.config);
    return changed;
}

}  // namespace grapevine::node::config
