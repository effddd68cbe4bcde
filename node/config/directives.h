// From text and command-line arguments to directives: words, and where they stood.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/config/shape.h"

namespace grapevine::node::config {

// One line of a file, or one option of the command line.
struct Directive {
    std::vector<std::string> words;  // words[0] is the name as it was written.
    std::string source;              // "redis.conf:12", "command line"
    int line = 0;                    // In its file, from 1.
};

// What loading asks of the disk.
struct Files {
    // The text of a file; "-" is the standard input. The error says why it could not be read.
    std::function<Result<std::string>(const std::string& path)> read;
    // The existing files that a pattern such as "conf.d/*.conf" names, in order.
    std::function<std::vector<std::string>(const std::string& pattern)> match;
};

struct Directives {
    std::vector<Directive> list;  // In the order in which they apply; `include` has been followed.
    std::string file;  // The configuration file's path, "-" for standard input; or empty.
};

// The directives of one file, `include` not followed. Lines are empty, begin with '#', or are words
// as split_words() takes them.
Result<std::vector<Directive>> parse_text(std::string_view text, const std::string& file);

// Reads `[FILE] [--directive value ...]` as redis-server 7.0 takes it. The first word behind a
// directive is its value even when it begins with "--"; only `--save` may go without one, and then
// means "never".
Result<Directives> read_arguments(Words arguments, const Files& files);

// "redis.conf:12: problem"
Error located(const Directive& directive, std::string_view problem);
bool is_include(const Directive& directive);

}  // namespace grapevine::node::config
