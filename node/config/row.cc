#include "node/config/row.h"

#include <algorithm>
#include <numeric>

namespace grapevine::node::config {
namespace {

// Levenshtein's distance.
std::size_t edits_between(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row[to.size()];
}

std::vector<Row> all_rows() {
    std::vector<Row> all = rows_that_work();
    const std::vector<Row> others = rows_without_effect();
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

}  // namespace

Row Row::also(std::string_view other_name) const {
    Row row = *this;
    row.alias = other_name;
    return row;
}

Row Row::when(Change moment) const {
    Row row = *this;
    row.change = moment;
    return row;
}

Row Row::gathering() const {
    Row row = *this;
    row.gathers = true;
    return row;
}

Row Row::secretly() const {
    Row row = *this;
    row.secret = true;
    return row;
}

const std::vector<Row>& rows() {
    static const std::vector<Row> all = all_rows();
    return all;
}

const Row* find_row(std::string_view name) {
    const std::string wanted = lower_case(name);
    for (const Row& row : rows()) {
        if (row.name == wanted || (!row.alias.empty() && row.alias == wanted)) return &row;
    }
    return nullptr;
}

std::string_view nearest_name(std::string_view unknown) {
    const std::string wanted = lower_case(unknown);
    std::string_view nearest;
    std::size_t fewest = std::string::npos;
    for (const Row& row : rows()) {
        for (const std::string_view name : {row.name, row.alias}) {
            const std::size_t edits =
                name.empty() ? std::string::npos : edits_between(wanted, name);
            if (edits < fewest) {
                fewest = edits;
                nearest = name;
            }
        }
    }
    return nearest;
}

Result<void> read_words(const Row& row, Words words, Config& config) {
    auto value = canonical(row.shape, words);
    if (!value) return value.error();
    row.assign(row, config, *value);
    return {};
}

}  // namespace grapevine::node::config
