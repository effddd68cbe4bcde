#include "client/route/scan.h"

#include <charconv>

namespace grapevine::client::route {
namespace {

// The text before the next `separator`, which is taken off together with it.
std::string_view take(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

void add_slots(std::string_view word, OwnSlots& into) {
    const bool open = word.starts_with('[');
    if (open) word.remove_prefix(1);
    unsigned first = slots::slot_count;
    const char* const end = word.data() + word.size();
    const char* at = std::from_chars(word.data(), end, first).ptr;
    unsigned last = first;
    if (!open && at != end && *at == '-') std::from_chars(at + 1, end, last);
    for (unsigned slot = first; slot <= last && last < slots::slot_count; ++slot)
        (open ? into.open : into.owned).insert(slots::Slot{static_cast<std::uint16_t>(slot)});
}

std::string_view field_of(std::string_view info, std::string_view name) {
    const auto at = info.find(name);
    if (at == std::string_view::npos) return {};
    info.remove_prefix(at + name.size());
    return info.substr(0, info.find('\r'));
}

}  // namespace

std::optional<OwnSlots> OwnSlots::parse(std::string_view nodes) {
    constexpr int fields_before_slots = 8, flags = 2;
    while (!nodes.empty()) {
        std::string_view line = take(nodes, '\n');
        bool myself = false;
        for (int field = 0; field < fields_before_slots; ++field) {
            const auto word = take(line, ' ');
            if (field == flags) myself = word.starts_with("myself");
        }
        if (!myself) continue;
        OwnSlots own;
        while (!line.empty()) add_slots(take(line, ' '), own);
        return own;
    }
    return {};
}

ScanCourse::Question ScanCourse::question() const {
    using Kind = Question::Kind;
    if (pending_.empty()) return {.kind = Kind::none, .slot = {}, .cursor = {}};
    switch (step_) {
        case Step::begin:
            return {.kind = Kind::slots, .slot = wanted_, .cursor = {}};
        case Step::look_again:
            return {.kind = Kind::slots, .slot = {}, .cursor = {}};
        case Step::walk:
            return {.kind = Kind::keys, .slot = {}, .cursor = cursor_};
        default:
            return {.kind = Kind::process, .slot = {}, .cursor = {}};
    }
}

std::optional<std::string> ScanCourse::slots(const OwnSlots& now) {
    if (step_ == Step::look_again) {
        still_ = walked_ & (now.owned - now.open);
        open_ = now.open;
        step_ = Step::confirm;
        return {};
    }
    if (!now.owned.contains(slots::Slot{wanted_}))
        return "CLUSTERDOWN the slot is not served by this node";
    walked_ = pending_ & (now.owned - now.open);
    if (walked_.empty()) return postpone(now.open);
    step_ = Step::identify;
    return {};
}

// Perhaps others can be walked meanwhile. Each answer makes more of them known to be on the move.
std::optional<std::string> ScanCourse::postpone(const slots::SlotSet& open) {
    open_ |= open;
    const bool others = !(pending_ - open_).empty();
    if (!others) open_.clear();
    const auto moving = wanted_;
    choose();
    if (others) return {};
    return "TRYAGAIN slot " + std::to_string(moving) + " is on its way to another node";
}

void ScanCourse::process(std::string_view info) {
    if (step_ == Step::identify) {
        identity_ = identity_in(info);
        cursor_ = "0";
        step_ = Step::walk;
        return;
    }
    if (identity_in(info) == identity_) pending_ -= still_;
    abandon();
}

void ScanCourse::keys(std::string_view next_cursor) {
    cursor_ = next_cursor;
    if (cursor_ != "0") return;
    step_ = clusterless_ ? Step::confirm : Step::look_again;
    if (clusterless_) still_ = walked_;
}

void ScanCourse::abandon() {
    step_ = Step::begin;
    choose();
}

void ScanCourse::without_slots() {
    clusterless_ = true;
    walked_ = pending_;
    step_ = Step::identify;
}

// Those that are on the move come last.
void ScanCourse::choose() {
    const auto at_rest = (pending_ - open_).first_from(0);
    const auto any = at_rest ? at_rest : pending_.first_from(0);
    if (any) wanted_ = any->number;
}

// Another after a restart, and after each change between primary and replica.
std::string ScanCourse::identity_in(std::string_view info) {
    return std::string(field_of(info, "\nrun_id:")) + ' ' +
           std::string(field_of(info, "\nmaster_replid:"));
}

}  // namespace grapevine::client::route
