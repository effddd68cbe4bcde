#include "node/replication/unit_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

constexpr std::size_t longest_name = 32;
constexpr std::size_t longest_unit = 2u << 30;  // Bytes that wait for the rest of their unit.

// What a primary may send that is not about keys, and that a replica need not do anything about.
constexpr std::array<std::string_view, 4> no_effect{"PING", "PUBLISH", "SPUBLISH", "REPLCONF"};

}  // namespace

void UnitReader::feed(std::string_view bytes) {
    input_.erase(0, begin_);
    end_ -= std::exchange(begin_, 0);
    input_.append(bytes);
}

void UnitReader::forget_rest() {
    input_.clear();
    begin_ = end_ = 0;
    in_group_ = false;
    requests_ = {};
}

Result<std::optional<Unit>> UnitReader::next() {
    while (true) {
        const auto read = requests_.read(std::string_view(input_).substr(end_));
        if (!read) return read.error();
        if (*read == 0) {
            if (input_.size() > longest_unit) return Error{"ERR the primary sends endless units"};
            return std::optional<Unit>{};
        }
        end_ += *read;
        if (!in_group_) unit_ = {.database = database_};
        if (auto taken = take(requests_.args(), unit_); !taken) return taken.error();
        if (!in_group_) return std::optional{finish(unit_)};
    }
}

Unit UnitReader::finish(Unit& unit) {
    unit.bytes = std::string_view(input_).substr(begin_, end_ - begin_);
    begin_ = end_;
    return unit;
}

Result<void> UnitReader::take(std::span<const std::string_view> args, Unit& unit) {
    if (args.empty()) return {};
    std::array<char, longest_name> buffer;
    const auto name = upper_case(args[0], buffer);
    if (name == "SELECT") return take_select(args);
    if (name == "MULTI" || name == "EXEC") {
        if (in_group_ == (name == "MULTI")) return Error{"ERR misplaced " + std::string(name)};
        in_group_ = !in_group_;
        return {};
    }
    if (name == "REPLCONF" && args.size() > 1) {
        std::array<char, longest_name> option;
        unit.wants_ack |= upper_case(args[1], option) == "GETACK";
    }
    if (std::ranges::find(no_effect, name) != no_effect.end()) return {};
    return take_keyed(name, args, unit);
}

Result<void> UnitReader::take_select(std::span<const std::string_view> args) {
    const int database = args.size() == 2 ? parse_number<int>(args[1]).value_or(-1) : -1;
    if (database < 0 || database >= databases_) {
        return Error{
            "ERR the primary selects a database that this node does not have: raise "
            "'databases'"};
    }
    database_ = database;
    return {};
}

Result<void> UnitReader::take_keyed(std::string_view name, std::span<const std::string_view> args,
                                    Unit& unit) {
    const auto* command = name.empty() ? nullptr : lookup_(name);
    if (command == nullptr || command->run == nullptr) {
        return Error{"ERR the primary sends a command that this node cannot apply: " +
                     std::string(args[0].substr(0, 80))};
    }
    if (!command->accepts(args.size())) {
        return Error{"ERR the primary sends " + std::string(name) + " with " +
                     std::to_string(args.size() - 1) + " arguments"};
    }
    if (command->flags & commands::every_worker) {
        unit.whom = Unit::For::everyone;
    } else if (command->keys.first > 0 && unit.whom == Unit::For::nobody) {
        unit.whom = Unit::For::owner;
        unit.slot = slots::slot_of(args[static_cast<std::size_t>(command->keys.first)]);
    }
    return {};
}

}  // namespace grapevine::node::replication
