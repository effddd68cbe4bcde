// What is known about all commands of Redis 7.0: where their keys are, and what they are like.
#pragma once

#include <grapevine/request.h>
#include <span>
#include <string_view>
#include <vector>

namespace grapevine::client::commands {

// One row of facts.txt. Positions are counted from the name, which is 0; no keys where they are 0.
struct CommandFacts {
    std::string_view name;  // "GET", "OBJECT|ENCODING".
    int first;
    int last;  // Negative: from the end.
    int step;
    int counted;            // This argument says how many keys come after it.
    std::string_view word;  // The keys follow this word: STREAMS, STORE, KEYS.
    Trait traits;
    bool only_plain;      // Repeatable, unless words like NX make it a matter of what is there.
    bool blocks_by_word;  // Only with the word BLOCK.
};

std::span<const CommandFacts> all_commands();

// By the first two words of a request, in any case of letters; null when it is not known.
const CommandFacts* find_command(std::string_view name, std::string_view subcommand);

// The keys of a request in the order of its arguments; args[0] is the name.
std::vector<std::string_view> keys_of(const CommandFacts& facts,
                                      std::span<const std::string_view> args);

Trait traits_of(const CommandFacts& facts, std::span<const std::string_view> args);

}  // namespace grapevine::client::commands
