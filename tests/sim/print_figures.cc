#include "tests/sim/print_figures.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace grapevine::sim {
namespace {

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    char text[160];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string bytes(double count) {
    if (count < 1e3) return formatted("%.0f B", count);
    if (count < 1e6) return formatted("%.1f KB", count / 1e3);
    if (count < 1e9) return formatted("%.1f MB", count / 1e6);
    return formatted("%.1f GB", count / 1e9);
}

std::string seconds(const std::optional<Time>& time) {
    return time ? formatted("%.3f", static_cast<double>(time->count()) / 1e6) : "never";
}

std::string times(const LossFigures& loss) {
    // Where ghosts have noticed it, nobody was there to look at the clock.
    const bool by_ghosts = loss.failed && !loss.noticed;
    return (by_ghosts ? "–" : seconds(loss.noticed)) + " / " + seconds(loss.failed) + " / " +
           seconds(loss.served);
}

std::string nodes(const Figures& figures) {
    const std::string count = std::to_string(figures.wish.nodes);
    if (figures.real == figures.wish.nodes) return count;
    return count + " (" + std::to_string(figures.real) + " real cores)";
}

nlohmann::json to_json(const std::optional<Time>& time) {
    if (!time) return nullptr;
    return static_cast<double>(time->count()) / 1e6;
}

nlohmann::json to_json(const Spread& spread) {
    return {{"median", spread.median}, {"most", spread.most}};
}

nlohmann::json to_json(const LossFigures& loss) {
    return {{"noticed_seconds", to_json(loss.noticed)},
            {"failed_seconds", to_json(loss.failed)},
            {"served_seconds", to_json(loss.served)},
            {"most_bytes_of_one_node", loss.most_bytes}};
}

nlohmann::json to_json(const Figures& figures) {
    const FiguresWish& wish = figures.wish;
    const RedisFormula redis = redis_formula(wish.nodes, wish.node_timeout_ms);
    return {{"nodes", wish.nodes},
            {"real_cores", figures.real},
            {"node_timeout_ms", wish.node_timeout_ms},
            {"bytes_per_second", to_json(figures.peace.bytes)},
            {"wire_bytes_per_second", to_json(figures.peace.wire)},
            {"messages_per_second", to_json(figures.peace.messages)},
            {"crash", to_json(figures.crash)},
            {"host_lost", to_json(figures.host)},
            {"half_of_the_primaries", figures.half ? to_json(*figures.half) : nullptr},
            {"redis_formula",
             {{"messages_per_second", redis.messages}, {"bytes_per_second", redis.bytes()}}},
            {"events", figures.events},
            {"wall_seconds", figures.seconds}};
}

}  // namespace

void print_heading(std::ostream& out) {
    out << "| nodes | timeout | messages/s | bytes/s: median, most | with TCP/IP | Redis's formula "
           "| "
           "crash: noticed / failed / served | host lost | half of the primaries | most that one "
           "node sends at a crash |\n"
           "|---|---|---|---|---|---|---|---|---|---|\n";
}

void print(std::ostream& out, const Figures& figures) {
    const FiguresWish& wish = figures.wish;
    const PeaceFigures& peace = figures.peace;
    out << "| " << nodes(figures) << " | "
        << formatted("%g s", static_cast<double>(wish.node_timeout_ms) / 1e3) << " | "
        << formatted("%.0f", peace.messages.median) << " | " << bytes(peace.bytes.median) << ", "
        << bytes(peace.bytes.most) << " | " << bytes(peace.wire.median) << ", "
        << bytes(peace.wire.most) << " | "
        << bytes(redis_formula(wish.nodes, wish.node_timeout_ms).bytes()) << " | "
        << times(figures.crash) << " | " << times(figures.host) << " | "
        << (figures.half ? seconds(figures.half->served) : "–") << " | "
        << bytes(figures.crash.most_bytes) << " |\n"
        << std::flush;
}

void print_json(std::ostream& out, const std::vector<Figures>& all) {
    auto json = nlohmann::json::array();
    for (const Figures& figures : all) json.push_back(to_json(figures));
    out << json.dump(2) << '\n';
}

}  // namespace grapevine::sim
