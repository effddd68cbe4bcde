// A nodes.conf that Redis or Valkey wrote, or that somebody else did.
//
// - Nothing is half loaded: it ends in a newline and holds the line with the epochs, or is refused.
// - A state that was loaded can be saved in our own form and read back.
// - A node starts from every state that loads.
#include "gossip/nodes_conf.h"

#include <string>

#include "tests/fuzz/input.h"
#include "tests/fuzz/saved_state.h"

using namespace grapevine;
using namespace grapevine::gossip;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto state = parse_nodes_conf(text, 1);
    if (!state) return 0;
    GRAPEVINE_CHECK(looks_like_nodes_conf(text), "what can be read looks like it");
    GRAPEVINE_CHECK(!parse_nodes_conf(text.substr(0, size - 1), 1), "a text that was cut is not");
    const auto again = parse_state(to_text(*state));
    GRAPEVINE_CHECK(again && *again == *state, "a state survives being written");
    fuzz::check_starts(*state);
    return 0;
}
