#include "client/cli/replies.h"

#include <charconv>

namespace grapevine::client::cli {
namespace {

using resp::Value;
using slots::Slot;

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string_view text_of(const Value& map, std::string_view name) {
    const Value* value = map.find(name);
    return value ? std::string_view(value->text) : std::string_view{};
}

Error misunderstood(std::string_view what) {
    return Error{"ERR CLUSTER SHARDS was answered with " + std::string(what)};
}

bool is_slot(const Value& value) {
    return value.kind == Value::Kind::integer && value.integer >= 0 &&
           value.integer < slots::slot_count;
}

// [first, last, first, last, ...]
Result<slots::SlotSet> parse_slots(const Value& numbers) {
    if (numbers.elements.size() % 2 != 0) return misunderstood("half a range of slots");
    slots::SlotSet set;
    for (std::size_t i = 0; i < numbers.elements.size(); i += 2) {
        const Value& first = numbers.elements[i];
        const Value& last = numbers.elements[i + 1];
        if (!is_slot(first) || !is_slot(last) || first.integer > last.integer) {
            return misunderstood("a range of slots that is none");
        }
        set.insert(slots::SlotRange{Slot{static_cast<std::uint16_t>(first.integer)},
                                    Slot{static_cast<std::uint16_t>(last.integer)}});
    }
    return set;
}

// A host that clients shall use comes before the address: "" and "?" stand for none.
std::string host_of(const Value& node, const slots::Endpoint& asked) {
    for (const char* name : {"endpoint", "ip", "hostname"}) {
        const std::string_view host = text_of(node, name);
        if (!host.empty() && host != "?") return std::string(host);
    }
    return asked.host;
}

Result<ListedNode> parse_node(const Value& node, const slots::Endpoint& asked) {
    const auto id = slots::NodeId::parse(text_of(node, "id"));
    if (!id) return misunderstood("a node without an id");
    const Value* port = node.find("port");
    if (!port || port->integer < 1 || port->integer > 65535) {
        return misunderstood("a node without a port");
    }
    ListedNode listed;
    listed.id = *id;
    listed.endpoint = {host_of(node, asked), static_cast<std::uint16_t>(port->integer), 0};
    listed.is_primary = text_of(node, "role") == "master";
    listed.is_failed = text_of(node, "health") == "fail";
    return listed;
}

Result<ListedShard> parse_shard(const Value& shard, const slots::Endpoint& asked) {
    const Value* slots = shard.find("slots");
    const Value* nodes = shard.find("nodes");
    if (!slots || !nodes) return misunderstood("a shard without slots or nodes");
    auto set = parse_slots(*slots);
    if (!set) return set.error();
    ListedShard listed{*set, {}};
    for (const Value& element : nodes->elements) {
        auto node = parse_node(element, asked);
        if (!node) return node.error();
        listed.nodes.push_back(*std::move(node));
    }
    return listed;
}

}  // namespace

Facts parse_facts(std::string_view text) {
    Facts facts;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        facts.insert_or_assign(std::string(line.substr(0, colon)),
                               std::string(line.substr(colon + 1)));
    }
    return facts;
}

std::int64_t number_of(const Facts& facts, std::string_view name) {
    const auto fact = facts.find(name);
    return fact == facts.end() ? 0 : to_number(fact->second);
}

std::int64_t keys_of(const Facts& facts) {
    constexpr std::string_view prefix = "keys=";
    std::int64_t keys = 0;
    for (const auto& [name, value] : facts) {
        if (name.starts_with("db") && value.starts_with(prefix)) {
            keys += to_number(std::string_view(value).substr(prefix.size()));
        }
    }
    return keys;
}

Result<std::vector<ListedShard>> parse_shards(const Value& reply, const slots::Endpoint& asked) {
    if (reply.is_error()) return Error{reply.text};
    if (reply.kind != Value::Kind::array) return misunderstood("something that is no list");
    std::vector<ListedShard> shards;
    for (const Value& element : reply.elements) {
        auto shard = parse_shard(element, asked);
        if (!shard) return shard.error();
        shards.push_back(*std::move(shard));
    }
    return shards;
}

}  // namespace grapevine::client::cli
