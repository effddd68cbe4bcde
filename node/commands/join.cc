#include "node/commands/join.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "client/resp/writer.h"
#include "slots/check.h"

namespace grapevine::node::commands {
namespace {

using client::resp::Writer;

constexpr int cursor_position_bits = 24;  // Keyspace::scan: the slot stands above the position.

// "<type><number>\r\n", as our own writer made it.
struct Line {
    std::int64_t number = 0;
    std::string_view rest;  // What follows the line.
};

Line read_line(std::string_view reply) {
    Line line;
    const char* const end = reply.data() + reply.size();
    const auto [stop, error] = std::from_chars(reply.data() + 1, end, line.number);
    const auto read = static_cast<std::size_t>(stop - reply.data());
    GRAPEVINE_CHECK(error == std::errc{} && reply.substr(read).starts_with("\r\n"),
                    "a worker's partial reply begins with a number");
    line.rest = reply.substr(read + 2);
    return line;
}

std::string sum(std::span<const std::string_view> parts) {
    std::int64_t total = 0;
    for (const auto part : parts) total += read_line(part).number;
    std::string out;
    Writer(out).integer(total);
    return out;
}

std::string concatenate(std::span<const std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts) size += static_cast<std::size_t>(read_line(part).number);
    std::string out;
    Writer(out).array(size);
    for (const auto part : parts) out.append(read_line(part).rest);
    return out;
}

bool is_null(std::string_view reply) {
    return reply.starts_with("_") || reply.starts_with("$-1");
}

std::string any(std::span<const std::string_view> parts, std::uint64_t random) {
    std::vector<std::string_view> found;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(found),
                 [](std::string_view part) { return !is_null(part); });
    return std::string(found.empty() ? parts.front() : found[random % found.size()]);
}

}  // namespace

std::string join(Join how, std::span<const std::string_view> parts, std::uint64_t random) {
    GRAPEVINE_CHECK(!parts.empty(), "at least one worker answers");
    for (const auto part : parts) {
        if (part.starts_with('-')) return std::string(part);
    }
    switch (how) {
        case Join::sum:
            return sum(parts);
        case Join::concatenate:
            return concatenate(parts);
        case Join::any:
            return any(parts, random);
        case Join::first:
        case Join::none:
        case Join::walk:
            break;
    }
    return std::string(parts.front());
}

std::size_t worker_of_cursor(std::string_view cursor, std::size_t workers) {
    std::uint64_t number = 0;
    std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
    return (number >> cursor_position_bits) % workers;
}

std::string continue_walk(std::string_view reply, std::size_t worker, std::size_t workers) {
    constexpr std::string_view finished = "*2\r\n$1\r\n0\r\n";
    const bool last = worker + 1 == workers;
    if (last || !reply.starts_with(finished)) return std::string(reply);
    // The next worker's first slot has its own number.
    const std::uint64_t cursor = (worker + 1) << cursor_position_bits;
    std::string out;
    Writer writer(out);
    writer.array(2);
    writer.bulk(std::to_string(cursor));
    writer.raw(reply.substr(finished.size()));
    return out;
}

}  // namespace grapevine::node::commands
