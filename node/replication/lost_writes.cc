#include "node/replication/lost_writes.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "client/resp/request.h"
#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

using Arguments = std::span<const std::string_view>;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view other) { return same_word(name, other); });
}

// Between nodes only: heartbeats and questions.
bool concerns_nobody(Arguments args) {
    static constexpr std::array<std::string_view, 2> names{"PING", "REPLCONF"};
    return args.empty() || is_one_of(args[0], names);
}

bool changes_data(Arguments args) {
    static constexpr std::array<std::string_view, 3> names{"SELECT", "MULTI", "EXEC"};
    return !is_one_of(args[0], names);
}

std::string read_from(journal::Backlog& log, Offset from) {
    std::string bytes;
    journal::Backlog::Reader reader(log, from);
    for (auto piece = reader.next(); !piece.empty(); piece = reader.next()) {
        bytes += piece;
        reader.advance(piece.size());
    }
    return bytes;
}

// What stands behind `name` when the line begins with it.
std::optional<std::string_view> value_of(std::string_view name, std::string_view line) {
    if (!line.starts_with(name)) return {};
    return line.substr(name.size());
}

bool is_named(const ReplicationId& id, const journal::Lineage& own) {
    return !id.none() && (id == own.id || id == own.second_id);
}

}  // namespace

History parse_history(std::string_view info) {
    History history;
    while (!info.empty()) {
        const auto line = info.substr(0, info.find_first_of("\r\n"));
        info.remove_prefix(std::min(info.size(), line.size() + 1));
        if (const auto id = value_of("master_replid:", line)) {
            history.id = ReplicationId::parse(*id).value_or(ReplicationId{});
        } else if (const auto former = value_of("master_replid2:", line)) {
            history.former = ReplicationId::parse(*former).value_or(ReplicationId{});
        } else if (const auto end = value_of("master_repl_offset:", line)) {
            history.end = parse_number<Offset>(*end);
        } else if (const auto own = value_of("second_repl_offset:", line)) {
            // The first byte that is the successor's own; -1 when there was no predecessor.
            history.fork = std::max<Offset>(parse_number<Offset>(*own).value_or(1), 1) - 1;
        }
    }
    return history;
}

Result<LostWrites> lost_writes(journal::Backlog& log, Offset fork) {
    LostWrites lost;
    lost.complete = fork >= log.begin();
    const std::string bytes = read_from(log, std::clamp(fork, log.begin(), log.end()));
    client::resp::RequestReader reader;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto used = reader.read(rest);
        if (!used) return used.error();
        if (*used == 0) return Error{"ERR the log ends within a command"};
        if (!concerns_nobody(reader.args())) {
            lost.commands += rest.substr(0, *used);
            lost.count += changes_data(reader.args()) ? 1 : 0;
        }
        rest.remove_prefix(*used);
    }
    return lost;
}

bool is_related(const History& successor, const journal::Lineage& own) {
    return is_named(successor.former, own) || is_named(successor.id, own);
}

Offset fork_of(const History& successor, const journal::Lineage& own, Offset confirmed,
               Offset end) {
    if (!own.id.none() && successor.id == own.id) return std::min(successor.end.value_or(end), end);
    const bool known = !successor.former.none();
    if (known && successor.former == own.id) return std::min(successor.fork, end);
    // Restarted: our history has a new name since.
    if (known && successor.former == own.second_id)
        return std::min({successor.fork, own.shared, end});
    return std::min(confirmed, end);
}

}  // namespace grapevine::node::replication
