#include "node/admin/cluster_order.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace grapevine::node::admin {
namespace {

using gossip::Order;
using Args = std::span<const std::string_view>;

bool equal_words(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::toupper(x) == std::toupper(y);
    });
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

Error not_a_number() {
    return Error{"ERR value is not an integer or out of range"};
}

Error wrong_count(std::string_view subcommand) {
    return Error{
        fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. "
                    "Try CLUSTER HELP.",
                    subcommand)};
}

Result<slots::Slot> parse_slot(std::string_view text) {
    const auto number = parse_number(text);
    if (!number || *number < 0 || *number >= slots::slot_count) {
        return Error{"ERR Invalid or out of range slot"};
    }
    return slots::Slot{static_cast<std::uint16_t>(*number)};
}

Result<void> add_once(slots::SlotSet& set, slots::Slot slot) {
    if (set.contains(slot)) {
        return Error{fmt::format("ERR Slot {} specified multiple times", slot.number)};
    }
    set.insert(slot);
    return {};
}

Result<slots::SlotSet> parse_slots(Args args) {
    slots::SlotSet set;
    for (const auto text : args.subspan(2)) {
        const auto slot = parse_slot(text);
        if (!slot) return slot.error();
        if (auto added = add_once(set, *slot); !added) return added.error();
    }
    return set;
}

Result<slots::SlotRange> parse_range(std::string_view first_text, std::string_view last_text) {
    const auto first = parse_slot(first_text);
    if (!first) return first.error();
    const auto last = parse_slot(last_text);
    if (!last) return last.error();
    if (*last < *first) {
        return Error{fmt::format("ERR start slot number {} is greater than end slot number {}",
                                 first->number, last->number)};
    }
    return slots::SlotRange{*first, *last};
}

Result<slots::SlotSet> parse_ranges(Args args, std::string_view subcommand) {
    if (args.size() % 2 != 0) {
        return Error{
            fmt::format("ERR wrong number of arguments for 'cluster|{}' command", subcommand)};
    }
    slots::SlotSet set;
    for (std::size_t i = 2; i < args.size(); i += 2) {
        const auto range = parse_range(args[i], args[i + 1]);
        if (!range) return range.error();
        for (auto number = range->first.number; number <= range->last.number; ++number) {
            if (auto added = add_once(set, slots::Slot{number}); !added) return added.error();
        }
    }
    return set;
}

template <typename SlotOrder>
Result<Order> order_of(Result<slots::SlotSet> set) {
    if (!set) return set.error();
    return Order{SlotOrder{*set}};
}

Result<Order> add_slots(Args args) {
    return order_of<gossip::AddSlots>(parse_slots(args));
}
Result<Order> del_slots(Args args) {
    return order_of<gossip::DelSlots>(parse_slots(args));
}
Result<Order> add_slots_range(Args args) {
    return order_of<gossip::AddSlots>(parse_ranges(args, "addslotsrange"));
}
Result<Order> del_slots_range(Args args) {
    return order_of<gossip::DelSlots>(parse_ranges(args, "delslotsrange"));
}
Result<Order> flush_slots(Args) {
    return Order{gossip::FlushSlots{}};
}

bool is_ip_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

bool is_port(std::int64_t number) {
    return number > 0 && number <= std::numeric_limits<std::uint16_t>::max();
}

// Where a node's bus is unless it says otherwise. Not a port when `port` is none.
std::optional<std::int64_t> bus_port_above(std::int64_t port) {
    return is_port(port) ? port + 10'000 : 0;
}

Result<Order> meet(Args args) {
    if (args.size() > 5) return wrong_count(args[1]);
    const std::string host{args[2]};
    const auto port = parse_number(args[3]);
    if (!port) return Error{fmt::format("ERR Invalid TCP base port specified: {}", args[3])};
    const auto bus_port = args.size() == 5 ? parse_number(args[4]) : bus_port_above(*port);
    if (!bus_port) return Error{fmt::format("ERR Invalid TCP bus port specified: {}", args[4])};
    if (!is_ip_address(host) || !is_port(*port) || !is_port(*bus_port)) {
        return Error{fmt::format("ERR Invalid node address specified: {}:{}", host, args[3])};
    }
    return Order{gossip::Meet{host, static_cast<std::uint16_t>(*port),
                              static_cast<std::uint16_t>(*bus_port)}};
}

Result<Order> forget(Args args) {
    const auto id = parse_node(args[2]);
    if (!id) return id.error();
    return Order{gossip::Forget{*id}};
}

Result<Order> replicate(Args args) {
    const auto id = parse_node(args[2]);
    if (!id) return id.error();
    return Order{gossip::Replicate{*id}};
}

Result<Order> reset(Args args) {
    if (args.size() > 3) return wrong_count(args[1]);
    if (args.size() == 2 || equal_words(args[2], "SOFT")) return Order{gossip::Reset{}};
    if (equal_words(args[2], "HARD")) return Order{gossip::Reset{.hard = true}};
    return Error{"ERR syntax error"};
}

Result<Order> failover(Args args) {
    using Mode = gossip::Failover::Mode;
    if (args.size() > 3) return wrong_count(args[1]);
    if (args.size() == 2) return Order{gossip::Failover{Mode::agreed}};
    if (equal_words(args[2], "FORCE")) return Order{gossip::Failover{Mode::forced}};
    if (equal_words(args[2], "TAKEOVER")) return Order{gossip::Failover{Mode::takeover}};
    return Error{"ERR syntax error"};
}

Result<Order> set_config_epoch(Args args) {
    const auto epoch = parse_number(args[2]);
    if (!epoch) return not_a_number();
    return Order{gossip::SetConfigEpoch{*epoch}};
}

Result<Order> bump_epoch(Args) {
    return Order{gossip::BumpEpoch{}};
}
Result<Order> save_config(Args) {
    return Order{gossip::SaveConfig{}};
}

Result<Order> set_slot(Args args) {
    using Change = gossip::SetSlot::Change;
    const auto slot = parse_slot(args[2]);
    if (!slot) return slot.error();
    if (args.size() == 4 && equal_words(args[3], "STABLE")) {
        return Order{gossip::SetSlot{.change = Change::stable, .slot = *slot, .node = {}}};
    }
    struct Word {
        std::string_view word;
        Change change;
        std::string_view unknown;
    };
    static constexpr std::array words{
        Word{"IMPORTING", Change::importing, "ERR I don't know about node {}"},
        Word{"MIGRATING", Change::migrating, "ERR I don't know about node {}"},
        Word{"NODE", Change::node, "ERR Unknown node {}"},
    };
    const auto word = std::find_if(words.begin(), words.end(), [&args](const Word& candidate) {
        return equal_words(args[3], candidate.word);
    });
    if (word == words.end() || args.size() != 5) {
        return Error{"ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"};
    }
    const auto node = slots::NodeId::parse(args[4]);
    if (!node) return Error{fmt::format(fmt::runtime(word->unknown), args[4])};
    return Order{gossip::SetSlot{.change = word->change, .slot = *slot, .node = *node}};
}

struct OrderParser {
    std::string_view subcommand;
    Result<Order> (*parse)(Args);
};
constexpr std::array order_parsers{
    OrderParser{"ADDSLOTS", add_slots},
    OrderParser{"ADDSLOTSRANGE", add_slots_range},
    OrderParser{"BUMPEPOCH", bump_epoch},
    OrderParser{"DELSLOTS", del_slots},
    OrderParser{"DELSLOTSRANGE", del_slots_range},
    OrderParser{"FAILOVER", failover},
    OrderParser{"FLUSHSLOTS", flush_slots},
    OrderParser{"FORGET", forget},
    OrderParser{"MEET", meet},
    OrderParser{"REPLICATE", replicate},
    OrderParser{"RESET", reset},
    OrderParser{"SAVECONFIG", save_config},
    OrderParser{"SET-CONFIG-EPOCH", set_config_epoch},
    OrderParser{"SETSLOT", set_slot},
};

}  // namespace

Result<slots::NodeId> parse_node(std::string_view text) {
    if (const auto id = slots::NodeId::parse(text)) return *id;
    return Error{fmt::format("ERR Unknown node {}", text)};
}

Result<Order> parse_order(Args args) {
    const auto parser = std::find_if(
        order_parsers.begin(), order_parsers.end(),
        [&args](const auto& candidate) { return equal_words(args[1], candidate.subcommand); });
    GRAPEVINE_CHECK(parser != order_parsers.end(), "only rows of orders ask for an order");
    return parser->parse(args);
}

Order with_keys(Order order, std::size_t keys) {
    std::visit(
        [keys](auto& any) {
            if constexpr (requires { any.has_keys; }) any.has_keys = keys > 0;
        },
        order);
    return order;
}

KeysOf keys_asked_by(const Order& order) {
    return std::visit(
        [](const auto& any) {
            using Any = std::decay_t<decltype(any)>;
            if constexpr (std::is_same_v<Any, gossip::SetSlot>) return KeysOf::slot;
            if constexpr (requires { any.has_keys; }) return KeysOf::node;
            return KeysOf::nobody;
        },
        order);
}

Result<slots::Slot> parse_counted_slot(Args args) {
    const auto number = parse_number(args[2]);
    if (!number) return not_a_number();
    if (*number < 0 || *number >= slots::slot_count) return Error{"ERR Invalid slot"};
    return slots::Slot{static_cast<std::uint16_t>(*number)};
}

Result<SlotAndCount> parse_listed_slot(Args args) {
    const auto number = parse_number(args[2]);
    const auto count = parse_number(args[3]);
    if (!number || !count) return not_a_number();
    if (*number < 0 || *number >= slots::slot_count || *count < 0) {
        return Error{"ERR Invalid slot or number of keys"};
    }
    return SlotAndCount{slots::Slot{static_cast<std::uint16_t>(*number)},
                        static_cast<std::size_t>(*count)};
}

}  // namespace grapevine::node::admin
