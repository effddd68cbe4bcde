#include <charconv>
#include <grapevine/arguments.h>
#include <vector>

#include "client/commands/facts.h"

namespace grapevine::client {
namespace {

// The number after the type byte at the front of `bytes`, which is moved behind the end of line.
std::size_t take_number(std::string_view& bytes) {
    std::size_t number = 0;
    const char* end = bytes.data() + bytes.size();
    const char* stopped = std::from_chars(bytes.data() + 1, end, number).ptr;
    bytes.remove_prefix(static_cast<std::size_t>(stopped - bytes.data()) + 2);
    return number;
}

// Of a request of one command, which we encoded ourselves.
std::vector<std::string_view> arguments_of(std::string_view bytes) {
    std::vector<std::string_view> found(take_number(bytes));
    for (std::string_view& argument : found) {
        const std::size_t size = take_number(bytes);
        argument = bytes.substr(0, size);
        bytes.remove_prefix(size + 2);
    }
    return found;
}

}  // namespace

void find_keys(Request& request) {
    const auto args = arguments_of(request.bytes());
    const auto* facts =
        commands::find_command(args[0], args.size() > 1 ? args[1] : std::string_view{});
    if (facts == nullptr) {
        request.facts().unknown = true;
        return;
    }
    request.facts().traits = commands::traits_of(*facts, args);
    for (const auto key : commands::keys_of(*facts, args)) request.belongs_with(key);
}

}  // namespace grapevine::client
