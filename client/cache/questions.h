// What a request has to do with a cache of answers. Pure.
#pragma once

#include <grapevine/reply.h>
#include <grapevine/request.h>
#include <optional>
#include <string>
#include <string_view>

#include "client/commands/facts.h"

namespace grapevine::client::cache {

// One key and what is asked about it. Views into the request.
struct Question {
    std::string_view key;
    std::string_view text;  // Empty for GET.
};

// The answer to a request depends on one key alone, and on nothing that changes by itself: then the
// server's news about that key are all that has to be known. Nothing for other requests.
std::optional<Question> question_of(const Request& request);

// The names of these commands, each ended by a blank.
std::string_view kept_commands();

// Every key that the request may change is given to `change(key)`: where the command is not known,
// each of its arguments may be one. True for a request that may change all keys of a node.
template <typename Change>
bool changes_of(const Request& request, Change change);

// As it would have been received, but without what is about the reply and not of it.
std::string encoded(const Reply& reply);

// The words of the command at the front of `bytes`, which are moved behind it.
std::vector<std::string_view> take_command(std::string_view& bytes);
bool is_flush(const std::vector<std::string_view>& words);

template <typename Change>
bool changes_of(const Request& request, Change change) {
    bool all = false;
    std::string_view bytes = request.bytes();
    while (!bytes.empty()) {
        const auto words = take_command(bytes);
        const auto* facts =
            commands::find_command(words[0], words.size() > 1 ? words[1] : std::string_view{});
        all |= is_flush(words);
        if (facts == nullptr) {
            for (std::size_t i = 1; i < words.size(); ++i) change(words[i]);
        } else if (!has(facts->traits, Trait::reads)) {
            for (const auto key : commands::keys_of(*facts, words)) change(key);
        }
    }
    return all;
}

}  // namespace grapevine::client::cache
