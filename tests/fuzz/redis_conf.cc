// Configuration files and CONFIG SET, as people and their tools write them.
//
// - Loading gives a configuration or an error that says where, whatever the text.
// - CONFIG REWRITE of a text that loads gives a text that loads as the same configuration,
//   also after CONFIG SET, and rewriting that again changes nothing.
#include <string>
#include <vector>

#include "node/config/change.h"
#include "node/config/load.h"
#include "node/config/rewrite.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::node::config;

namespace {

Files one_file(const std::string& text) {
    return {.read = [text](const std::string& path) -> Result<std::string> {
                if (path == "redis.conf") return text;
                return Error{"no such file"};
            },
            .match = [](const std::string&) { return std::vector<std::string>{}; }};
}

Result<Loaded> load_text(const std::string& text) {
    const std::vector<std::string> arguments{"redis.conf"};
    return load(arguments, one_file(text));
}

// What CONFIG GET prints of every directive.
std::string print(const Config& config) {
    std::string all;
    for (const Row& row : rows()) {
        all += std::string(row.name) + ' ' + row.print(row, config) + '\n';
    }
    return all;
}

void check_rewritten(const std::string& text, const Config& config) {
    const auto rewritten = rewrite(text, config);
    GRAPEVINE_CHECK(rewritten, "a text that loads can be rewritten");
    const auto again = load_text(*rewritten);
    GRAPEVINE_CHECK(again, "a rewritten text loads");
    GRAPEVINE_CHECK(print(again->config) == print(config), "and says what the node is");
    const auto twice = rewrite(*rewritten, config);
    GRAPEVINE_CHECK(twice && *twice == *rewritten, "rewriting twice changes nothing");
}

// "name value" lines, as CONFIG SET takes them.
std::vector<std::string> pairs_of(const std::string& text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        const std::size_t blank = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, blank));
        words.push_back(blank < line.size() ? line.substr(blank + 1) : "");
        at = end + 1;
    }
    return words;
}

}  // namespace

// A file, a zero byte, changes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string all(reinterpret_cast<const char*>(data), size);
    const std::size_t middle = std::min(all.find('\0'), all.size());
    const std::string text = all.substr(0, middle);
    const auto loaded = load_text(text);
    if (!loaded) {
        GRAPEVINE_CHECK(!loaded.error().text.empty(), "an error says something");
        return 0;
    }
    check_rewritten(text, loaded->config);
    const auto words = pairs_of(middle < all.size() ? all.substr(middle + 1) : "");
    const std::vector<std::string_view> pairs(words.begin(), words.end());
    const auto changed = set(loaded->config, pairs, true);
    if (changed) check_rewritten(text, changed->config);
    return 0;
}
