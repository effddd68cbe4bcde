// All commands of the node by name, put together once at the start from the families' rows.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/commands/command.h"

namespace grapevine::node::session {

// A row and what the table adds to it.
struct Entry {
    const commands::Command* command = nullptr;
    std::uint32_t id = 0;   // Dense, from 0: indexes statistics.
    std::string full_name;  // Lower case, "get" or "config|get".
    std::vector<const Entry*> subcommands;
};

class CommandTable {
public:
    // The rows must live as long as the table. Two rows of one name are our own mistake.
    explicit CommandTable(std::span<const std::span<const commands::Command>> families);

    // What a request asks for; its subcommand's row where the command has some. Nothing: unknown.
    // ERR unknown command / unknown subcommand / wrong number of arguments, as Redis words them.
    Result<const Entry*> resolve(std::span<const std::string_view> args) const;
    // By the command's own name, letters of either case.
    const Entry* find(std::string_view name) const;

    const std::deque<Entry>& entries() const { return entries_; }  // By id, subcommands too.
    std::span<const Entry* const> commands() const { return top_; }

private:
    struct Bucket {
        std::uint64_t letters = 0;  // The first eight of the name.
        bool says_all = false;      // They are all of it.
        const Entry* entry = nullptr;
    };

    const Entry& add(const commands::Command& command, std::string_view container);

    std::deque<Entry> entries_;
    std::vector<const Entry*> top_;
    std::vector<Bucket> buckets_;  // Open addressing; a power of two, at most half full.
};

bool same_name(std::string_view left, std::string_view right);  // Letters of either case are equal.

}  // namespace grapevine::node::session
