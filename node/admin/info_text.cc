#include "node/admin/info_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "node/admin/info_lines.h"

namespace grapevine::node::admin {
namespace {

struct Section {
    std::string_view name;
    bool by_default;
    void (*print)(const InfoFacts& facts, InfoLines& lines);
};

// In the order in which they are printed.
constexpr std::array<Section, 13> sections_known{{
    {"Server", true, print_server},
    {"Clients", true, print_clients},
    {"Memory", true, print_memory},
    {"Persistence", true, print_persistence},
    {"Stats", true, print_stats},
    {"Replication", true, print_replication},
    {"CPU", true, print_cpu},
    {"Modules", true, [](const InfoFacts&, InfoLines&) {}},
    {"Commandstats", false, print_commands},
    {"Errorstats", true, print_errors},
    {"Latencystats", false, [](const InfoFacts&, InfoLines&) {}},
    {"Cluster", true, print_cluster},
    {"Keyspace", true, print_keyspace},
}};

bool same_word(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    });
}

bool asks_for(std::string_view word, const Section& section) {
    return same_word(word, section.name) || same_word(word, "all") ||
           same_word(word, "everything") || (section.by_default && same_word(word, "default"));
}

}  // namespace

std::string info_text(const InfoFacts& facts, std::span<const std::string_view> sections) {
    constexpr std::array<std::string_view, 1> standard{"default"};
    if (sections.empty()) sections = standard;
    InfoLines lines;
    for (const Section& section : sections_known) {
        const bool asked =
            std::any_of(sections.begin(), sections.end(),
                        [&](std::string_view word) { return asks_for(word, section); });
        if (!asked) continue;
        lines.begin_section(section.name);
        section.print(facts, lines);
    }
    return std::move(lines).text();
}

std::string human_bytes(std::uint64_t bytes) {
    constexpr std::string_view units = "BKMGTPE";
    if (bytes < 1024) return fmt::format("{}B", bytes);
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
    return fmt::format("{:.2f}{}", amount, units[unit]);
}

}  // namespace grapevine::node::admin
