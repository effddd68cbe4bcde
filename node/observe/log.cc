#include "node/observe/log.h"

#include <array>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace grapevine::node::observe::log {
namespace {

constexpr std::size_t longest_message = 4096;

std::atomic<Role> current_role{Role::primary};

// Never destroyed: threads may log until the very end.
std::string& path() {
    static auto* const value = new std::string;
    return *value;
}

void append_escaped(std::string& out, char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '\n') {
        out += "\\n";
    } else if (letter == '\r') {
        out += "\\r";
    } else if (byte < ' ' || byte == 0x7f) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
        out += letter;
    }
}

Moment now() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return {time.tv_sec, static_cast<int>(time.tv_nsec / 1'000'000)};
}

void write_whole(std::string_view text) {
    const int descriptor = open_target();
    if (descriptor < 0) return;
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    close_target(descriptor);
}

}  // namespace

namespace detail {

std::atomic<Level> lowest_level{Level::notice};

void write(Level level, fmt::string_view format, fmt::format_args arguments) noexcept try {
    const std::string message = fmt::vformat(format, arguments);
    const Role role = current_role.load(std::memory_order_relaxed);
    write_whole(line(::getpid(), role, now(), level, message) + '\n');
} catch (...) {
    // Out of memory: the event goes unlogged rather than unhandled.
}

}  // namespace detail

void set_level(Level lowest) {
    detail::lowest_level.store(lowest, std::memory_order_relaxed);
}

void set_role(Role role) {
    current_role.store(role, std::memory_order_relaxed);
}

void set_file(std::string new_path) {
    path() = std::move(new_path);
}

int open_target() noexcept {
    if (path().empty()) return STDOUT_FILENO;
    return ::open(path().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

void close_target(int descriptor) noexcept {
    if (descriptor != STDOUT_FILENO) ::close(descriptor);
}

std::string line(int process, Role role, Moment moment, Level level, std::string_view message) {
    constexpr std::string_view marks = ".-*#";
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t seconds = moment.seconds;
    tm local{};
    localtime_r(&seconds, &local);
    std::string out = fmt::format("{}:{} {:02} {} {} {:02}:{:02}:{:02}.{:03} {} ", process,
                                  static_cast<char>(role), local.tm_mday,
                                  months[static_cast<std::size_t>(local.tm_mon)],
                                  local.tm_year + 1900, local.tm_hour, local.tm_min, local.tm_sec,
                                  moment.milliseconds, marks[static_cast<std::size_t>(level)]);
    for (const char letter : message.substr(0, longest_message)) append_escaped(out, letter);
    if (message.size() > longest_message) out += "...";
    return out;
}

}  // namespace grapevine::node::observe::log
