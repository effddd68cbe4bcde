// Parts of strings: APPEND, GETRANGE, SETRANGE, STRLEN.
#include <algorithm>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"
#include "node/commands/interval.h"

namespace grapevine::node::commands {
namespace {

Result<void> run_strlen(Call& call) {
    const auto value = string_or_empty(call, call.key(1));
    if (!value) return value.error();
    call.reply.integer(static_cast<std::int64_t>(value->size()));
    return {};
}

// Writes `bytes` at `offset` and answers the new size. The caller has checked that it is not too
// long.
Result<void> overwrite(Call& call, const store::Key& key, std::size_t size, std::size_t offset,
                       std::string_view bytes) {
    const auto space = call.store.resize(key, std::max(size, offset + bytes.size()));
    if (!space) return space.error();
    std::copy(bytes.begin(), bytes.end(), space->begin() + static_cast<std::ptrdiff_t>(offset));
    call.record_as_asked();
    call.reply.integer(static_cast<std::int64_t>(space->size()));
    return {};
}

Result<void> run_append(Call& call) {
    const store::Key key = call.key(1);
    const auto value = string_or_empty(call, key);
    if (!value) return value.error();
    const std::size_t size = value->size();
    if (size + call.args[2].size() > longest_string) return too_long();
    return overwrite(call, key, size, size, call.args[2]);
}

Result<void> run_setrange(Call& call) {
    const auto offset = parse_integer(call.args[2]);
    if (!offset) return offset.error();
    if (*offset < 0) return Error{"ERR offset is out of range"};
    const store::Key key = call.key(1);
    const auto value = string_or_empty(call, key);
    if (!value) return value.error();
    const std::string_view bytes = call.args[3];
    if (bytes.empty()) {
        call.reply.integer(static_cast<std::int64_t>(value->size()));
        return {};
    }
    const auto start = static_cast<std::size_t>(*offset);
    if (start > longest_string || bytes.size() > longest_string - start) return too_long();
    return overwrite(call, key, value->size(), start, bytes);
}

Result<void> run_getrange(Call& call) {
    const auto first = parse_integer(call.args[2]);
    if (!first) return first.error();
    const auto last = parse_integer(call.args[3]);
    if (!last) return last.error();
    const auto value = string_or_empty(call, call.key(1));
    if (!value) return value.error();
    const Indices asked{*first, *last};
    const Interval part = backwards(asked) ? Interval{} : clamp(asked, value->size());
    call.reply.bulk(value->substr(part.begin, part.size));
    return {};
}

constinit const Command rows[] = {
    {.name = "STRLEN",
     .run = run_strlen,
     .arity = 2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "string",
     .since = "2.2.0",
     .complexity = "O(1)",
     .summary = "Tells how many bytes a string has."},
    {.name = "APPEND",
     .run = run_append,
     .arity = 3,
     .keys = first_argument,
     .flags = writes | deny_oom | fast,
     .group = "string",
     .since = "2.0.0",
     .complexity = "O(N) where N is the number of bytes appended, amortized.",
     .summary = "Puts bytes behind those of a string."},
    {.name = "GETRANGE",
     .run = run_getrange,
     .arity = 4,
     .keys = first_argument,
     .flags = reads,
     .group = "string",
     .since = "2.4.0",
     .complexity = "O(N) where N is the number of bytes read.",
     .summary = "Reads a part of a string."},
    {.name = "SUBSTR",
     .run = run_getrange,
     .arity = 4,
     .keys = first_argument,
     .flags = reads,
     .group = "string",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of bytes read.",
     .summary = "Reads a part of a string: the old name of GETRANGE."},
    {.name = "SETRANGE",
     .run = run_setrange,
     .arity = 4,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "string",
     .since = "2.2.0",
     .complexity = "O(N) where N is the number of bytes written.",
     .summary = "Overwrites a part of a string."},
};

}  // namespace

std::span<const Command> range_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
