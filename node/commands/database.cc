// A database as a whole: KEYS, SCAN, RANDOMKEY, DBSIZE, FLUSHDB, FLUSHALL. Every worker answers for
// its own keys; the rows say how the answers are joined.
#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "node/commands/arguments.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"
#include "node/commands/glob.h"

namespace grapevine::node::commands {
namespace {

using client::resp::Writer;
using store::Keyspace;
using store::Type;

// An array whose length is known at its end only.
class GrowingArray {
public:
    explicit GrowingArray(Writer& reply) : reply_(reply) {}

    void bulk(std::string_view element) {
        elements_.bulk(element);
        ++size_;
    }
    void finish() {
        reply_.array(size_);
        reply_.raw(bytes_);
    }

private:
    Writer& reply_;
    std::string bytes_;
    Writer elements_{bytes_};
    std::size_t size_ = 0;
};

Result<void> run_keys(Call& call) {
    const std::string_view pattern = call.args[1];
    GrowingArray keys(call.reply);
    std::uint64_t cursor = 0;
    do {
        constexpr std::size_t many = 1u << 16;
        cursor = call.store.scan(cursor, many, [&](std::string_view key, Type) {
            if (matches(pattern, key)) keys.bulk(key);
        });
    } while (cursor != 0);
    keys.finish();
    return {};
}

// --- SCAN

struct ScanOptions {
    std::string_view pattern = "*";
    std::string_view type;  // Any when empty.
    std::size_t count = 10;

    bool want(std::string_view key, Type found) const {
        return (type.empty() || to_string(found) == type) &&
               (pattern == "*" || matches(pattern, key));
    }
};

// A call that walked over more keys would hold everybody up.
constexpr std::int64_t largest_count = 1 << 20;

Result<ScanOptions> parse_scan_options(std::span<const std::string_view> args) {
    if (args.size() % 2 != 0) return syntax_error();
    ScanOptions options;
    for (std::size_t at = 0; at < args.size(); at += 2) {
        const std::string_view value = args[at + 1];
        if (is_word(args[at], "MATCH")) {
            options.pattern = value;
        } else if (is_word(args[at], "TYPE")) {
            options.type = value;
        } else if (is_word(args[at], "COUNT")) {
            const auto count = parse_integer(value);
            if (!count) return count.error();
            if (*count < 1) return syntax_error();
            options.count = static_cast<std::size_t>(std::min(*count, largest_count));
        } else {
            return syntax_error();
        }
    }
    return options;
}

Result<std::uint64_t> parse_cursor(std::string_view text) {
    std::uint64_t cursor = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, cursor);
    if (error != std::errc{} || end != last) return Error{"ERR invalid cursor"};
    return cursor;
}

Result<void> run_scan(Call& call) {
    const auto cursor = parse_cursor(call.args[1]);
    if (!cursor) return cursor.error();
    const auto options = parse_scan_options(call.args.subspan(2));
    if (!options) return options.error();
    call.reply.array(2);
    std::string found;
    Writer keys(found);
    std::size_t size = 0;
    const auto next =
        call.store.scan(*cursor, options->count, [&](std::string_view key, Type type) {
            if (!options->want(key, type)) return;
            keys.bulk(key);
            ++size;
        });
    call.reply.bulk(std::to_string(next));
    call.reply.array(size);
    call.reply.raw(found);
    return {};
}

Result<void> run_randomkey(Call& call) {
    const auto key = call.store.random_key(call.random);
    key ? call.reply.bulk(*key) : call.reply.null();
    return {};
}

Result<void> run_dbsize(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(call.store.size()));
    return {};
}

// --- FLUSHDB and FLUSHALL record no effect: it would be one for each worker, and each would empty
// all slots of a replica. Whoever asks the workers tells the journal, once.

Result<void> check_flush_options(const Call& call) {
    const auto known = [](std::string_view arg) {
        return is_word(arg, "ASYNC") || is_word(arg, "SYNC");
    };
    if (call.args.size() > 2 || (call.args.size() == 2 && !known(call.args[1])))
        return syntax_error();
    return {};
}

Result<void> run_flushdb(Call& call) {
    if (auto known = check_flush_options(call); !known) return known;
    call.store.clear();
    call.reply.ok();
    return {};
}

Result<void> run_flushall(Call& call) {
    if (auto known = check_flush_options(call); !known) return known;
    for (Keyspace* const database : call.databases) database->clear();
    call.reply.ok();
    return {};
}

constinit const Command rows[] = {
    {.name = "KEYS",
     .run = run_keys,
     .arity = 2,
     .flags = reads | every_worker,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys in the database.",
     .summary = "Lists the keys that match a pattern.",
     .join = Join::concatenate},
    {.name = "SCAN",
     .run = run_scan,
     .arity = -2,
     .flags = reads | every_worker,
     .group = "generic",
     .since = "2.8.0",
     .complexity = "O(1) for a call, O(N) for a whole walk over N keys.",
     .summary = "Walks over the keys, a few at a time.",
     .join = Join::walk},
    {.name = "RANDOMKEY",
     .run = run_randomkey,
     .arity = 1,
     .flags = reads | every_worker,
     .group = "generic",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Names a key picked at random.",
     .join = Join::any},
    {.name = "DBSIZE",
     .run = run_dbsize,
     .arity = 1,
     .flags = reads | fast | every_worker,
     .group = "server",
     .since = "1.0.0",
     .complexity = "O(1)",
     .summary = "Counts the keys of the database.",
     .join = Join::sum},
    {.name = "FLUSHDB",
     .run = run_flushdb,
     .arity = -1,
     .flags = writes | every_worker,
     .group = "server",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys in the database.",
     .summary = "Deletes all keys of the database.",
     .join = Join::first},
    {.name = "FLUSHALL",
     .run = run_flushall,
     .arity = -1,
     .flags = writes | every_worker,
     .group = "server",
     .since = "1.0.0",
     .complexity = "O(N) where N is the number of keys in all databases.",
     .summary = "Deletes all keys of all databases.",
     .join = Join::first},
};

}  // namespace

std::span<const Command> database_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
