#include "node/journal/effects.h"

#include <array>
#include <charconv>
#include <utility>

#include "client/resp/writer.h"
#include "slots/check.h"

namespace grapevine::node::journal {
namespace {

using client::resp::Writer;

void append_command(std::string& out, std::span<const std::string_view> command) {
    Writer writer(out);
    writer.array(command.size());
    for (const std::string_view argument : command) writer.bulk(argument);
}

constexpr std::string_view encoded_multi = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view encoded_exec = "*1\r\n$4\r\nEXEC\r\n";

}  // namespace

void Effects::record(int database, std::span<const std::string_view> command) {
    if (!listening_) return;
    if (database != selected_) {
        const std::string number = std::to_string(database);
        append_command(bytes_, std::array<std::string_view, 2>{"SELECT", number});
        selected_ = database;
    }
    append_command(bytes_, command);
    ++group_commands_;
}

void Effects::begin() {
    if (depth_++ > 0) return;
    group_start_ = bytes_.size();
    group_commands_ = 0;
}

void Effects::commit() {
    GRAPEVINE_CHECK(depth_ > 0, "a group of effects is begun before it is committed");
    if (--depth_ > 0 || group_commands_ < 2) return;
    bytes_.insert(group_start_, encoded_multi);
    bytes_.append(encoded_exec);
}

std::string Effects::take() {
    GRAPEVINE_CHECK(depth_ == 0, "effects are taken between groups");
    selected_ = -1;
    return std::exchange(bytes_, {});
}

}  // namespace grapevine::node::journal
