#include "node/journal/lineage.h"

#include <algorithm>
#include <charconv>
#include <random>

namespace grapevine::node::journal {
namespace {

// "<40 digits>:<offset>"
std::optional<Former> parse_former(std::string_view word) {
    const auto colon = word.find(':');
    if (colon == word.npos) return {};
    const auto id = ReplicationId::parse(word.substr(0, colon));
    const auto digits = word.substr(colon + 1);
    Offset shared = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), shared);
    if (!id || error != std::errc{} || end != digits.end()) return {};
    return Former{*id, shared};
}

}  // namespace

std::string to_text(const std::vector<Former>& formers) {
    std::string text;
    for (const Former& former : formers) {
        if (!text.empty()) text += ' ';
        text += former.id.text();
        text += ':' + std::to_string(former.shared);
    }
    return text;
}

std::vector<Former> parse_formers(std::string_view text) {
    std::vector<Former> formers;
    while (!text.empty() && formers.size() < most_formers) {
        const auto word = text.substr(0, text.find(' '));
        const auto former = parse_former(word);
        if (!former) break;
        formers.push_back(*former);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return formers;
}

void Lineage::rename(ReplicationId name, Offset offset) {
    if (name == id) return;
    formers.insert(formers.begin(), {id, offset});
    if (formers.size() > most_formers) formers.pop_back();
    id = name;
}

void Lineage::replace(ReplicationId name) {
    *this = {name};
}

bool Lineage::continues(ReplicationId asked, Offset offset) const {
    if (asked.none()) return false;
    return asked == id || std::any_of(formers.begin(), formers.end(), [&](const Former& former) {
               return former.id == asked && offset <= former.shared;
           });
}

ReplicationId random_replication_id() {
    std::random_device device;
    std::uniform_int_distribution<int> digit(0, 15);
    std::string text;
    for (std::size_t i = 0; i < ReplicationId::size; ++i) text += "0123456789abcdef"[digit(device)];
    return *ReplicationId::parse(text);
}

}  // namespace grapevine::node::journal
