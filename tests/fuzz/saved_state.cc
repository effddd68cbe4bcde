// The file in which a node keeps what it has promised: cut by a full disk, edited by a hand.
//
// - Nothing is half loaded: a text that was cut or changed is refused.
// - A state that was loaded is written as a text that loads as the same state.
// - A node starts from every state that loads.
#include "tests/fuzz/saved_state.h"

#include <cstdio>
#include <string>

#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char c : text) sum = (sum ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    return sum;
}

// With the first line and the checksum that belong to it, so that what is between gets read.
std::string sealed(const std::string& lines) {
    std::string text = "grapevine-state 1\n" + lines;
    if (!text.ends_with('\n')) text += '\n';
    char seal[32];
    std::snprintf(seal, sizeof seal, "checksum %llx\n",
                  static_cast<unsigned long long>(fnv1a(text)));
    return text + seal;
}

void check_damage(const std::string& text, const State& state, std::size_t at, char other) {
    GRAPEVINE_CHECK(!parse_state(text.substr(0, at)), "a text that was cut is refused");
    std::string changed = text;
    changed[at] = other;
    const auto read = parse_state(changed);
    GRAPEVINE_CHECK(!read || *read == state, "a text that was changed is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto place = input.number<std::uint16_t>();
    const auto other = static_cast<char>(input.byte());
    const std::string lines = input.rest();
    (void)parse_state(lines);

    const auto state = parse_state(sealed(lines));
    if (!state) return 0;
    const std::string text = to_text(*state);
    const auto again = parse_state(text);
    GRAPEVINE_CHECK(again && *again == *state, "a state survives being written");
    check_damage(text, *state, place % text.size(), other);
    fuzz::check_starts(*state);
    return 0;
}
