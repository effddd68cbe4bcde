#include "client/commands/facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <unordered_map>

namespace grapevine::client::commands {
namespace {

using Args = std::span<const std::string_view>;

char upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

bool same_word(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char a, char b) { return upper(a) == upper(b); });
}

std::unordered_map<std::string_view, const CommandFacts*> make_index() {
    std::unordered_map<std::string_view, const CommandFacts*> index;
    for (const CommandFacts& each : all_commands()) index.emplace(each.name, &each);
    return index;
}

const CommandFacts* look_up(std::string_view name) {
    static const auto index = make_index();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

// Where `word` stands from argument `from` on; the number of arguments when it does not.
std::size_t place_of(std::string_view word, Args args, std::size_t from) {
    while (from < args.size() && !same_word(args[from], word)) ++from;
    return from;
}

void take_range(const CommandFacts& facts, Args args, std::vector<std::string_view>& keys) {
    if (facts.first == 0) return;
    const auto size = static_cast<int>(args.size());
    const int last = facts.last < 0 ? size + facts.last : std::min(facts.last, size - 1);
    for (int i = facts.first; i <= last; i += facts.step)
        keys.push_back(args[static_cast<std::size_t>(i)]);
}

void take_counted(const CommandFacts& facts, Args args, std::vector<std::string_view>& keys) {
    const auto place = static_cast<std::size_t>(facts.counted);
    if (place == 0 || place >= args.size()) return;
    const std::string_view digits = args[place];
    std::size_t count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const std::size_t left = args.size() - place - 1;
    for (const auto key : args.subspan(place + 1, std::min(count, left))) keys.push_back(key);
}

// STREAMS key key id id, STORE key, KEYS key key.
void take_after_word(const CommandFacts& facts, Args args, std::vector<std::string_view>& keys) {
    if (facts.word.empty()) return;
    std::size_t place = place_of(facts.word, args, 1);
    if (place >= args.size() && facts.word == "STORE") place = place_of("STOREDIST", args, 1);
    if (place >= args.size()) return;
    const Args rest = args.subspan(place + 1);
    std::size_t count = rest.size();
    if (facts.word == "STREAMS") count /= 2;
    if (facts.word == "STORE") count = std::min<std::size_t>(count, 1);
    for (const auto key : rest.first(count)) keys.push_back(key);
}

bool is_plain(Args args) {
    constexpr std::array<std::string_view, 6> conditions{"NX", "XX", "GT", "LT", "GET", "INCR"};
    for (const auto argument : args.subspan(std::min<std::size_t>(args.size(), 2)))
        for (const auto word : conditions)
            if (same_word(argument, word)) return false;
    return true;
}

}  // namespace

const CommandFacts* find_command(std::string_view name, std::string_view subcommand) {
    std::string whole;
    for (const char letter : name) whole += upper(letter);
    const CommandFacts* alone = look_up(whole);
    if (alone == nullptr) return nullptr;
    whole += '|';
    for (const char letter : subcommand) whole += upper(letter);
    const CommandFacts* with_subcommand = look_up(whole);
    return with_subcommand != nullptr ? with_subcommand : alone;
}

std::vector<std::string_view> keys_of(const CommandFacts& facts, Args args) {
    std::vector<std::string_view> keys;
    take_range(facts, args, keys);
    // In MIGRATE the word stands for the key: "" is none.
    if (facts.word == "KEYS" && keys.size() == 1 && keys[0].empty()) keys.clear();
    take_counted(facts, args, keys);
    take_after_word(facts, args, keys);
    return keys;
}

Trait traits_of(const CommandFacts& facts, Args args) {
    Trait traits = facts.traits;
    if (facts.only_plain && is_plain(args)) traits = traits | Trait::repeatable;
    if (facts.blocks_by_word && place_of("BLOCK", args, 1) < place_of("STREAMS", args, 1))
        traits = traits | Trait::blocks;
    return traits;
}

}  // namespace grapevine::client::commands
