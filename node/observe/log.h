// The log, in the format that readers of Redis's logs know:
// "4711:M 22 Nov 2026 11:24:46.123 * Ready to accept connections"
#pragma once

#include <atomic>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace grapevine::node::observe::log {

enum class Level : std::uint8_t { debug, verbose, notice, warning };

// As it appears behind the process id.
enum class Role : char { primary = 'M', replica = 'S', child = 'C' };

// Messages below it are dropped. Any thread, at any time.
void set_level(Level lowest);
void set_role(Role role);

// Where messages go; empty: standard output. Before other threads start.
//
// The file is opened anew for each message, as Redis does: whoever moves it away gets a new one,
// without a signal. A message that cannot be written is lost.
void set_file(std::string path);

// An open descriptor to write to, which the caller closes with close_target(). -1: there is none.
// Async-signal-safe.
int open_target() noexcept;
void close_target(int descriptor) noexcept;

namespace detail {
extern std::atomic<Level> lowest_level;
void write(Level level, fmt::string_view format, fmt::format_args arguments) noexcept;
}  // namespace detail

inline bool enabled(Level level) {
    return level >= detail::lowest_level.load(std::memory_order_relaxed);
}

// One event in plain words, then key=value: warn("peer failed peer={} accusers={}", name, 3).
// Any thread; never throws. Control characters are escaped, what exceeds 4096 bytes is cut.
template <typename... Arguments>
void write(Level level, fmt::format_string<Arguments...> format,
           Arguments&&... arguments) noexcept {
    if (enabled(level)) detail::write(level, format, fmt::make_format_args(arguments...));
}

template <typename... Arguments>
void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) noexcept {
    write(Level::debug, format, std::forward<Arguments>(arguments)...);
}
template <typename... Arguments>
void verbose(fmt::format_string<Arguments...> format, Arguments&&... arguments) noexcept {
    write(Level::verbose, format, std::forward<Arguments>(arguments)...);
}
template <typename... Arguments>
void notice(fmt::format_string<Arguments...> format, Arguments&&... arguments) noexcept {
    write(Level::notice, format, std::forward<Arguments>(arguments)...);
}
template <typename... Arguments>
void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) noexcept {
    write(Level::warning, format, std::forward<Arguments>(arguments)...);
}

// One line without its end, of a message that may hold anything. Pure.
struct Moment {
    std::int64_t seconds;  // Since 1970; shown in local time.
    int milliseconds;
};
std::string line(int process, Role role, Moment moment, Level level, std::string_view message);

}  // namespace grapevine::node::observe::log

namespace grapevine::node {
namespace log = observe::log;
}
