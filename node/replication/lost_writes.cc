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

// master_replid2, or 3 and more, until the byte before `first_own`, the first of the new name.
void add_former(History& history, std::string_view id, std::string_view first_own) {
    const auto name = ReplicationId::parse(id);
    const auto offset = parse_number<Offset>(first_own);
    const bool is_one = name && offset && *offset > 0;
    if (is_one && history.formers.size() < journal::most_formers) {
        history.formers.push_back({*name, *offset - 1});
    }
}

// "3:id=<40 digits>,offset=71"
void add_older(History& history, std::string_view text) {
    const auto id = text.find(":id=");
    const auto offset = text.find(",offset=");
    if (id == text.npos || offset == text.npos || offset < id) return;
    add_former(history, text.substr(id + 4, offset - id - 4), text.substr(offset + 8));
}

// The last byte that both histories have under the one's name and the other's.
std::optional<Offset> shared_by(const journal::Former& a, const journal::Former& b) {
    if (a.id.none() || a.id != b.id) return {};
    return std::min(a.shared, b.shared);
}

// All names of a history that is at `end`.
std::vector<journal::Former> names(const ReplicationId& id, Offset end,
                                   std::vector<journal::Former> formers) {
    formers.insert(formers.begin(), {id, end});
    return formers;
}

}  // namespace

History parse_history(std::string_view info) {
    History history;
    std::string_view second;
    while (!info.empty()) {
        const auto line = info.substr(0, info.find_first_of("\r\n"));
        info.remove_prefix(std::min(info.size(), line.size() + 1));
        if (const auto id = value_of("master_replid:", line)) {
            history.id = ReplicationId::parse(*id).value_or(ReplicationId{});
        } else if (const auto former = value_of("master_replid2:", line)) {
            second = *former;
        } else if (const auto end = value_of("master_repl_offset:", line)) {
            history.end = parse_number<Offset>(*end);
        } else if (const auto saved = value_of("grapevine_saved_offset:", line)) {
            history.saved = parse_number<Offset>(*saved);
        } else if (const auto first_own = value_of("second_repl_offset:", line)) {
            add_former(history, second, *first_own);
        } else if (const auto older = value_of("grapevine_replid", line)) {
            add_older(history, *older);
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

std::optional<Offset> common_end(const History& successor, const journal::Lineage& own,
                                 Offset end) {
    std::optional<Offset> common;
    for (const auto& theirs : names(successor.id, successor.end.value_or(end), successor.formers)) {
        for (const auto& ours : names(own.id, end, own.formers)) {
            common = std::max(common, shared_by(theirs, ours));
        }
    }
    return common;
}

Offset fork_of(const History& successor, const journal::Lineage& own, Offset confirmed,
               Offset end) {
    return std::min(common_end(successor, own, end).value_or(confirmed), end);
}

}  // namespace grapevine::node::replication
