#include "client/cli/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

#include "client/cli/table.h"

namespace grapevine::client::cli {
namespace {

constexpr std::size_t cells = 64;
constexpr std::size_t slots_per_cell = slots::slot_count / cells;
constexpr char nobody = '.';
constexpr char dead = '!';

Colour colour_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return Colour::green;
        case Verdict::degraded:
            return Colour::yellow;
        case Verdict::down:
            return Colour::red;
    }
    return Colour::none;
}

std::string percent(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return "";
    return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::size_t ranges_of(const Cluster& cluster) {
    std::size_t ranges = 0;
    for (const Shard& shard : cluster.shards) ranges += shard.slots.ranges().size();
    return ranges;
}

std::size_t owners_of(const Cluster& cluster) {
    return static_cast<std::size_t>(std::ranges::count_if(
        cluster.shards, [](const Shard& shard) { return !shard.slots.empty(); }));
}

std::string sums(const Cluster& cluster) {
    return fmt::format("{} shards  {} nodes  {}/{} slots  epoch {}  {} keys  {}  {} op/s",
                       cluster.shards.size(), cluster.nodes(), cluster.slots().size(),
                       slots::slot_count, cluster.epoch, count_text(cluster.total(&Node::keys)),
                       bytes_text(cluster.total(&Node::memory)),
                       count_text(cluster.total(&Node::operations)));
}

std::string headline(const Cluster& cluster, const std::vector<Problem>& problems,
                     const Painter& paint) {
    const Verdict verdict = verdict_on(problems);
    const std::string word = paint(to_string(verdict), colour_of(verdict));
    if (problems.empty()) return fmt::format("{}  {}\n", word, sums(cluster));
    std::string lines;
    std::string margin = word;
    for (const Problem& problem : problems) {
        lines += fmt::format("{}  {}\n{:{}}  -> {}\n", margin, problem.what, "",
                             to_string(verdict).size(), problem.remedy);
        margin = std::string(to_string(verdict).size(), ' ');
    }
    return fmt::format("{}{}\n", lines, sums(cluster));
}

enum Column : std::size_t {
    shard_column,
    primary_column,
    replica_column,
    slots_column,  // Numbers from here on.
    keys_column,
    memory_column,
    operations_column,
    epoch_column,
    lag_column,
    columns,
};

Row header() {
    Row row;
    for (const char* name :
         {"shard", "primary", "replica", "slots", "keys", "memory", "op/s", "epoch", "lag"}) {
        row.push_back({name, colour_code(Colour::bold)});
    }
    return row;
}

Cell address(const Node& node) {
    return {to_string(node.endpoint), colour_code(node.answers() ? Colour::none : Colour::red)};
}

// "83,463  33.4 %", with the shares under each other.
std::string with_share(const std::string& amount, std::int64_t part, std::int64_t whole) {
    return fmt::format("{} {:>7}", amount, percent(part, whole));
}

void fill_figures(const Cluster& cluster, const Shard& shard, Row& row) {
    const auto slots = static_cast<std::int64_t>(shard.slots.size());
    const Node& primary = shard.primary;
    row[slots_column].text = with_share(std::to_string(slots), slots, slots::slot_count);
    if (!primary.answers()) {
        row[keys_column] = {"down", colour_code(Colour::red)};
        return;
    }
    row[keys_column].text =
        with_share(count_text(primary.keys), primary.keys, cluster.total(&Node::keys));
    row[memory_column].text =
        with_share(bytes_text(primary.memory), primary.memory, cluster.total(&Node::memory));
    row[operations_column].text = count_text(primary.operations);
    row[epoch_column].text = std::to_string(primary.epoch);
}

Cell lag_of(const Shard& shard, const Node& replica) {
    if (!replica.answers()) return {"down", colour_code(Colour::red)};
    if (!shard.primary.answers()) return {"-"};
    if (replica.is_copying) return {"copying", colour_code(Colour::yellow)};
    if (replica.is_cut_off) return {"no link", colour_code(Colour::red)};
    return {bytes_text(shard.lag_of(replica))};
}

// The first replica stands beside its primary, further ones below.
void add_rows(const Cluster& cluster, std::size_t index, std::vector<Row>& rows) {
    const Shard& shard = cluster.shards[index];
    const std::size_t first = rows.size();
    rows.resize(first + std::max<std::size_t>(1, shard.replicas.size()), Row(columns));
    rows[first][shard_column] = {shard.name, shard_colour(index)};
    rows[first][primary_column] = address(shard.primary);
    rows[first][replica_column] = {"no replica", colour_code(Colour::yellow)};
    fill_figures(cluster, shard, rows[first]);
    for (std::size_t i = 0; i < shard.replicas.size(); ++i) {
        rows[first + i][replica_column] = address(shard.replicas[i]);
        rows[first + i][lag_column] = lag_of(shard, shard.replicas[i]);
    }
}

std::string table(const Cluster& cluster, const Painter& paint) {
    std::vector<Row> rows{header()};
    for (std::size_t i = 0; i < cluster.shards.size(); ++i) add_rows(cluster, i, rows);
    return table_text(rows, slots_column, paint);
}

// Slots without an owner, and those of each shard, in one cell.
char symbol_of(const Cluster& cluster, std::size_t cell) {
    std::size_t owned = 0;
    std::size_t most = 0;
    char symbol = nobody;
    for (const Shard& shard : cluster.shards) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < slots_per_cell; ++i) {
            const auto number = static_cast<std::uint16_t>(cell * slots_per_cell + i);
            count += shard.slots.contains(slots::Slot{number});
        }
        owned += count;
        if (count <= most) continue;
        most = count;
        symbol = shard.primary.answers() ? shard.name.front() : dead;
    }
    return owned == slots_per_cell ? symbol : nobody;
}

std::string painted_picture(const Cluster& cluster, const Painter& paint) {
    std::string out;
    for (const char symbol : picture_of(cluster)) {
        const auto shard = std::ranges::find_if(cluster.shards, [&](const Shard& candidate) {
            return candidate.name.front() == symbol;
        });
        const auto index = static_cast<std::size_t>(shard - cluster.shards.begin());
        const bool is_served = shard != cluster.shards.end();
        out += paint(std::string_view(&symbol, 1),
                     is_served ? shard_colour(index) : colour_code(Colour::red));
    }
    return out;
}

}  // namespace

std::string picture_of(const Cluster& cluster) {
    std::string picture;
    for (std::size_t cell = 0; cell < cells; ++cell) picture += symbol_of(cluster, cell);
    return picture;
}

std::string bytes_text(std::int64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto amount = static_cast<double>(bytes) / 1024;
    const char* unit = "KB";
    for (const char* larger : {"MB", "GB", "TB"}) {
        if (amount < 1024) break;
        amount /= 1024;
        unit = larger;
    }
    return fmt::format("{:.1f} {}", amount, unit);
}

std::string count_text(std::int64_t count) {
    std::string text = std::to_string(count);
    const std::size_t first_digit = count < 0 ? 1 : 0;
    for (std::size_t end = text.size(); end > first_digit + 3; end -= 3) text.insert(end - 3, ",");
    return text;
}

std::string status_text(const Cluster& cluster, const std::vector<Problem>& problems, bool colour) {
    const Painter paint(colour);
    return fmt::format("{}{}0 {} {}  {} ranges (at best {})\n", headline(cluster, problems, paint),
                       table(cluster, paint), painted_picture(cluster, paint),
                       slots::slot_count - 1, ranges_of(cluster), owners_of(cluster));
}

}  // namespace grapevine::client::cli
