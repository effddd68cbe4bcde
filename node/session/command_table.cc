#include "node/session/command_table.h"

#include <algorithm>
#include <cstring>

namespace grapevine::node::session {
namespace {

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename Word>
std::uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

// The first eight bytes of a name as one number, which is the same for letters of either case. Two
// words that overlap are enough for any size.
std::uint64_t first_letters(std::string_view name) {
    constexpr std::uint64_t without_case = 0xdfdf'dfdf'dfdf'dfdf;
    const char* begin = name.data();
    const std::size_t size = name.size();
    std::uint64_t bytes = 0;
    if (size >= 8) {
        bytes = load<std::uint64_t>(begin);
    } else if (size >= 4) {
        bytes = load<std::uint32_t>(begin) | load<std::uint32_t>(begin + size - 4)
                                                 << (size - 4) * 8;
    } else if (size >= 2) {
        bytes = load<std::uint16_t>(begin) | load<std::uint16_t>(begin + size - 2)
                                                 << (size - 2) * 8;
    } else if (size == 1) {
        bytes = load<std::uint8_t>(begin);
    }
    return bytes & without_case;
}

// Only for letters is the bit that first_letters() takes away nothing but their case.
bool says_all(std::string_view name) {
    return name.size() <= 8 &&
           std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::size_t hash_letters(std::uint64_t letters) {
    return (letters * 0x9e37'79b9'7f4a'7c15) >> 48;
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string quoted_start(std::string_view text) {
    return '\'' + std::string(text.substr(0, 128)) + '\'';
}

Error unknown_command(std::span<const std::string_view> args) {
    std::string text =
        "ERR unknown command " + quoted_start(args[0]) + ", with args beginning with: ";
    for (const auto arg : args.subspan(1)) {
        if (text.size() > 300) break;
        text += quoted_start(arg) + ' ';
    }
    return Error{std::move(text)};
}

Error unknown_subcommand(const Entry& container, std::string_view word) {
    std::string name = container.full_name;
    std::transform(name.begin(), name.end(), name.begin(), upper);
    return Error{"ERR unknown subcommand " + quoted_start(word) + ". Try " + name + " HELP."};
}

Error wrong_arity(const Entry& entry) {
    return Error{"ERR wrong number of arguments for '" + entry.full_name + "' command"};
}

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(),
                      [](char a, char b) { return upper(a) == upper(b); });
}

CommandTable::CommandTable(std::span<const std::span<const commands::Command>> families) {
    for (const auto family : families) {
        for (const auto& command : family) top_.push_back(&add(command, {}));
    }
    std::size_t size = 64;
    while (size < top_.size() * 2) size *= 2;
    buckets_.resize(size);
    for (const Entry* entry : top_) {
        GRAPEVINE_CHECK(find(entry->command->name) == nullptr, "a command is registered once");
        const auto letters = first_letters(entry->command->name);
        auto at = hash_letters(letters) & (size - 1);
        while (buckets_[at].entry != nullptr) at = (at + 1) & (size - 1);
        buckets_[at] = {letters, says_all(entry->command->name), entry};
    }
}

const Entry& CommandTable::add(const commands::Command& command, std::string_view container) {
    auto& entry = entries_.emplace_back();
    entry.command = &command;
    entry.id = static_cast<std::uint32_t>(entries_.size() - 1);
    entry.full_name =
        (container.empty() ? "" : std::string(container) + '|') + lower_case(command.name);
    for (const auto& subcommand : command.subcommands) {
        entry.subcommands.push_back(&add(subcommand, entry.full_name));
    }
    return entry;
}

const Entry* CommandTable::find(std::string_view name) const {
    const std::size_t mask = buckets_.size() - 1;
    const auto letters = first_letters(name);
    for (auto at = hash_letters(letters) & mask;; at = (at + 1) & mask) {
        const Bucket& bucket = buckets_[at];
        if (bucket.entry == nullptr) return nullptr;
        if (bucket.letters != letters) continue;
        const std::string_view own = bucket.entry->command->name;
        if (bucket.says_all ? own.size() == name.size() : same_name(own, name)) return bucket.entry;
    }
}

Result<const Entry*> CommandTable::resolve(std::span<const std::string_view> args) const {
    const Entry* entry = find(args[0]);
    if (entry == nullptr) return unknown_command(args);
    if (!entry->subcommands.empty() && args.size() > 1) {
        const auto found = std::find_if(
            entry->subcommands.begin(), entry->subcommands.end(),
            [&](const Entry* each) { return same_name(each->command->name, args[1]); });
        if (found == entry->subcommands.end()) return unknown_subcommand(*entry, args[1]);
        entry = *found;
    }
    if (!entry->command->accepts(args.size())) return wrong_arity(*entry);
    return entry;
}

}  // namespace grapevine::node::session
