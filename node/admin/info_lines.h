// INFO's sections, one function for each.
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>

#include "node/admin/info_text.h"

namespace grapevine::node::admin {

class InfoLines {
public:
    void begin_section(std::string_view name) {
        fmt::format_to(std::back_inserter(text_), "{}# {}\r\n", text_.empty() ? "" : "\r\n", name);
    }
    template <typename Value>
    void add(std::string_view name, const Value& value) {
        fmt::format_to(std::back_inserter(text_), "{}:{}\r\n", name, value);
    }
    void flag(std::string_view name, bool value) { add(name, value ? 1 : 0); }
    // With its "_human" companion.
    void bytes(std::string_view name, std::uint64_t value) {
        add(name, value);
        add(fmt::format("{}_human", name), human_bytes(value));
    }
    // Things that this node does not have, and so has none of.
    void none_of(std::initializer_list<std::string_view> names) {
        for (const std::string_view name : names) add(name, 0);
    }
    std::string text() && { return std::move(text_); }

private:
    std::string text_;
};

void print_server(const InfoFacts& facts, InfoLines& lines);
void print_clients(const InfoFacts& facts, InfoLines& lines);
void print_memory(const InfoFacts& facts, InfoLines& lines);
void print_persistence(const InfoFacts& facts, InfoLines& lines);
void print_stats(const InfoFacts& facts, InfoLines& lines);
void print_replication(const InfoFacts& facts, InfoLines& lines);
void print_cpu(const InfoFacts& facts, InfoLines& lines);
void print_commands(const InfoFacts& facts, InfoLines& lines);
void print_errors(const InfoFacts& facts, InfoLines& lines);
void print_cluster(const InfoFacts& facts, InfoLines& lines);
void print_keyspace(const InfoFacts& facts, InfoLines& lines);

}  // namespace grapevine::node::admin
