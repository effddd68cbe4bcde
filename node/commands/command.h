// The row that registers a command: routing, COMMAND's output and the handler all come from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "slots/result.h"

namespace grapevine::node::session {
struct Talk;  // What a command about the conversation sees: defined by node/session.
}
namespace grapevine::node::admin {
struct Request;  // What a command about the node sees: defined by node/admin.
}

namespace grapevine::node::commands {

struct Call;

// As COMMAND prints them (Redis 7 "command flags"); the bits are ours.
enum Flag : std::uint32_t {
    writes = 1u << 0,
    reads = 1u << 1,  // "readonly"
    fast = 1u << 2,
    deny_oom = 1u << 3,
    admin_only = 1u << 4,  // "admin"
    no_auth = 1u << 5,
    loading_ok = 1u << 6,  // "loading"
    stale_ok = 1u << 7,    // "stale"
    no_script = 1u << 8,
    no_multi = 1u << 9,
    blocks = 1u << 10,  // "blocking"
    pub_sub = 1u << 11,
    movable_keys = 1u << 12,
    may_replicate = 1u << 13,
    skip_slowlog = 1u << 14,
    skip_monitor = 1u << 15,
    no_async_loading = 1u << 16,
    asking_ok = 1u << 17,  // "asking": served from an importing slot without ASKING
    every_worker =
        1u << 18,  // Ours: run on each worker, answers are joined (DBSIZE, FLUSHALL, ...)
    shapes_transaction = 1u << 19,  // Ours: not queued after MULTI (EXEC, DISCARD, WATCH, ...).
    runs_transaction = 1u << 20,    // Ours: EXEC.
    answers_value = 1u << 21,       // Ours: a write that answers what was there (GETSET, ...).
    in_turn = 1u << 22,             // Ours: waits until all earlier requests are answered.
};

// How the replies of several workers become the one that the client gets: see join.h.
enum class Join : std::uint8_t {
    none,         // One worker runs it.
    sum,          // Integers are added.
    concatenate,  // Arrays become one array.
    first,        // All say the same: OK.
    any,          // One that is not null, by chance.
    walk,         // One worker at a time: SCAN.
};

// Where the keys are among the arguments (argument 0 is the name). last < 0 counts from the end.
struct KeySpec {
    int first = 0;  // 0: no keys.
    int last = 0;
    int step = 0;
    auto operator<=>(const KeySpec&) const = default;

    int last_of(std::size_t arguments) const {
        return last < 0 ? static_cast<int>(arguments) + last : last;
    }
    // visit(key) for each, in their order; there are as many arguments as the command accepts.
    template <typename Visit>
    void for_each(std::span<const std::string_view> args, Visit visit) const {
        if (first == 0) return;
        for (int at = first; at <= last_of(args.size()); at += step) {
            visit(args[static_cast<std::size_t>(at)]);
        }
    }
};
inline constexpr KeySpec no_keys{};
inline constexpr KeySpec first_argument{1, 1, 1};
inline constexpr KeySpec first_two_arguments{1, 2, 1};
inline constexpr KeySpec all_arguments{1, -1, 1};
inline constexpr KeySpec every_second_argument{1, -1, 2};
inline constexpr KeySpec second_argument{2, 2, 1};

struct Command {
    std::string_view name;  // Upper case. A subcommand's own word: "GETNAME".
    // Exactly one of the three; none of them for a mere container of subcommands.
    Result<void> (*run)(Call&) = nullptr;  // About keys: on the slot's worker.
    Result<void> (*converse)(session::Talk&) =
        nullptr;  // About the conversation: on the client's worker.
    Result<void> (*govern)(admin::Request&) = nullptr;  // About the node: on the client's worker.
    int arity =
        0;  // Arguments with the name (and the container's name); negative: at least so many.
    KeySpec keys = {};
    std::uint32_t flags = 0;
    std::string_view group = {};       // "string", "generic", ... as COMMAND DOCS names them.
    std::string_view since = {};       // "1.0.0"
    std::string_view complexity = {};  // "O(1)"
    std::string_view summary = {};     // One sentence of our own.
    std::span<const Command> subcommands = {};
    Join join = Join::none;  // Not none, exactly when flags have every_worker.

    bool accepts(std::size_t arguments) const {
        return arity >= 0 ? arguments == static_cast<std::size_t>(arity)
                          : arguments >= static_cast<std::size_t>(-arity);
    }
};

}  // namespace grapevine::node::commands
