#include <algorithm>
#include <string>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"

namespace grapevine::gossip {
namespace {

Error refused(std::string why) {
    return {"ERR bus message refused: " + std::move(why)};
}

Error wrong_length(Bytes frame) {
    return refused("a length of " + std::to_string(frame.size()) + " bytes does not fit its type");
}

// An address or a name of at most `size` bytes. Empty when it holds what neither may: it ends in
// files and in clients' hands.
std::string read_host(Bytes bytes, std::size_t at, std::size_t size) {
    std::string host = read_text(bytes, at, size);
    const bool sound = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == ':' || c == '-' || c == '_';
    });
    return sound && host != "-" ? host : std::string{};
}

// 0 where the host's own end is.
std::uint64_t read_process(Bytes frame, const std::string& host) {
    using namespace layout;
    if (host.size() > longest_host_before_process || frame[process_at - 1] != 0) return 0;
    std::uint64_t process = 0;
    for (std::size_t i = 0; i < process_size; ++i) process = process << 8 | frame[process_at + i];
    return process;
}

Header read_header(Bytes frame) {
    using namespace layout;
    Header header;
    header.sender = read_id<NodeId>(frame, sender_at);
    header.current_epoch = read_number<std::uint64_t>(frame, current_epoch_at);
    header.config_epoch = read_number<std::uint64_t>(frame, config_epoch_at);
    header.offset = read_number<std::uint64_t>(frame, offset_at);
    header.slots = SlotSet::from_bitmap(frame.subspan(slots_at, bitmap_size));
    header.primary = read_id<NodeId>(frame, primary_at);
    header.host = read_host(frame, host_at, host_size - 1);
    header.port = read_number<std::uint16_t>(frame, port_at);
    header.secondary_port = read_number<std::uint16_t>(frame, secondary_port_at);
    header.bus_port = read_number<std::uint16_t>(frame, bus_port_at);
    header.flags = read_number<std::uint16_t>(frame, flags_at);
    header.serving = read_number<std::uint8_t>(frame, state_at) == 0;
    const auto flags = read_number<std::uint8_t>(frame, message_flags_at);
    header.paused = (flags & paused) != 0;
    header.forced = (flags & forced) != 0;
    header.extensible = (flags & has_extensions) != 0;
    if (read_number<std::uint32_t>(frame, mark_at) == mark) {
        header.capabilities = read_number<std::uint16_t>(frame, capabilities_at);
        header.process = read_process(frame, header.host);
    }
    return header;
}

Rumour read_rumour(Bytes bytes) {
    using namespace layout;
    Rumour rumour;
    rumour.id = read_id<NodeId>(bytes, 0);
    rumour.host = read_host(bytes, rumour_host_at, host_size - 1);
    rumour.port = read_number<std::uint16_t>(bytes, rumour_port_at);
    rumour.bus_port = read_number<std::uint16_t>(bytes, rumour_bus_port_at);
    rumour.flags = read_number<std::uint16_t>(bytes, rumour_flags_at);
    rumour.secondary_port = read_number<std::uint16_t>(bytes, rumour_secondary_port_at);
    return rumour;
}

void read_forgotten(Bytes payload, Extensions& extensions) {
    if (payload.size() < layout::forgotten_size) return;
    const auto id = read_id<NodeId>(payload, 0);
    const auto seconds = read_number<std::uint64_t>(payload, layout::id_size);
    if (!id.none()) extensions.forgotten.push_back({id, seconds});
}

void read_graves(Bytes payload, Extensions& extensions) {
    using namespace layout;
    if (payload.size() < 8) return;
    Graves graves{read_number<std::uint64_t>(payload, 0), {}};
    for (payload = payload.subspan(8); payload.size() >= grave_size;
         payload = payload.subspan(grave_size)) {
        const auto id = read_id<NodeId>(payload, 0);
        const auto count = read_number<std::uint64_t>(payload, id_size);
        if (!id.none()) graves.list.push_back({id, count});
    }
    extensions.graves = std::move(graves);
}

void read_kin(Bytes payload, Extensions& extensions) {
    if (payload.size() < layout::kin_size) return;
    const Kin kin{read_number<std::uint64_t>(payload, 0),
                  read_number<std::uint8_t>(payload, 8) == 1};
    if (kin.cluster != 0) extensions.kin = kin;
}

void read_witnesses(Bytes payload, Extensions& extensions) {
    Witnesses witnesses;
    if (payload.size() > layout::most_witnesses * layout::id_size) return;
    for (; payload.size() >= layout::id_size; payload = payload.subspan(layout::id_size)) {
        const auto id = read_id<NodeId>(payload, 0);
        if (!id.none()) witnesses.push_back(id);
    }
    extensions.witnesses = std::move(witnesses);
}

// Types that we do not know belong to other versions, and are passed over.
void read_extension(std::uint16_t type, Bytes payload, Extensions& extensions) {
    if (type == layout::hostname) {
        const std::size_t limit = std::min(payload.size(), layout::hostname_limit);
        extensions.hostname = read_host(payload, 0, limit);
    } else if (type == layout::forgotten) {
        read_forgotten(payload, extensions);
    } else if (type == layout::shard && payload.size() >= layout::id_size) {
        const auto id = read_id<ShardId>(payload, 0);
        if (!id.none()) extensions.shard = id;
    } else if (type == layout::graves) {
        read_graves(payload, extensions);
    } else if (type == layout::kin) {
        read_kin(payload, extensions);
    } else if (type == layout::view && payload.size() >= 8) {
        extensions.view = read_number<std::uint64_t>(payload, 0);
    } else if (type == layout::witnesses) {
        read_witnesses(payload, extensions);
    } else if (type == layout::claim_unsaved) {
        extensions.claim_unsaved = true;
    }
}

Result<Extensions> read_extensions(Bytes rest, std::uint16_t count) {
    using namespace layout;
    Extensions extensions;
    for (; count > 0; --count) {
        if (rest.size() < extension_header) return refused("an extension is cut off");
        const auto length = read_number<std::uint32_t>(rest, 0);
        const bool sound = length >= extension_header && length % extension_unit == 0;
        if (!sound || length > rest.size()) return refused("an extension's length is wrong");
        read_extension(read_number<std::uint16_t>(rest, 4),
                       rest.subspan(extension_header, length - extension_header), extensions);
        rest = rest.subspan(length);
    }
    if (!rest.empty()) return refused("there is something after the extensions");
    return extensions;
}

Result<Body> read_heartbeat(Bytes frame, MessageType type, bool extensible) {
    Heartbeat heartbeat;
    if (type == MessageType::pong) heartbeat.kind = Heartbeat::Kind::pong;
    if (type == MessageType::meet) heartbeat.kind = Heartbeat::Kind::meet;
    const std::size_t count = read_number<std::uint16_t>(frame, layout::count_at);
    Bytes rest = frame.subspan(header_size);
    if (rest.size() < count * rumour_size) return wrong_length(frame);
    for (std::size_t i = 0; i < count; ++i) {
        heartbeat.rumours.push_back(read_rumour(rest.first(rumour_size)));
        rest = rest.subspan(rumour_size);
    }
    const auto extensions = read_number<std::uint16_t>(frame, layout::extension_count_at);
    auto read = read_extensions(rest, extensible ? extensions : 0);
    if (!read) return read.error();
    heartbeat.extensions = *std::move(read);
    return Body{std::move(heartbeat)};
}

Result<Body> read_publish(Bytes frame, bool sharded) {
    const Bytes body = frame.subspan(header_size);
    if (body.size() < layout::publish_header) return wrong_length(frame);
    const std::uint64_t channel = read_number<std::uint32_t>(body, 0);
    const std::uint64_t payload = read_number<std::uint32_t>(body, 4);
    if (body.size() != layout::publish_header + channel + payload) return wrong_length(frame);
    const auto* text = reinterpret_cast<const char*>(body.data()) + layout::publish_header;
    return Body{Publish{{text, channel}, {text + channel, payload}, sharded}};
}

Result<Body> read_fail(Bytes frame) {
    if (frame.size() != header_size + layout::fail_size) return wrong_length(frame);
    return Body{Fail{read_id<NodeId>(frame, header_size)}};
}

Result<Body> read_update(Bytes frame) {
    if (frame.size() != header_size + layout::update_size) return wrong_length(frame);
    const Bytes body = frame.subspan(header_size);
    Update update;
    update.config_epoch = read_number<std::uint64_t>(body, 0);
    update.owner = read_id<NodeId>(body, 8);
    update.slots = SlotSet::from_bitmap(body.subspan(8 + layout::id_size, layout::bitmap_size));
    return Body{update};
}

// Nothing when it is cut off. What was read is taken off the front.
std::optional<std::uint64_t> take_count(Bytes& rest) {
    if (rest.size() < layout::condition_header) return {};
    const auto count = read_number<std::uint64_t>(rest, 0);
    rest = rest.subspan(layout::condition_header);
    return count;
}

std::optional<Witnesses> take_condition(Bytes& rest) {
    const auto count = take_count(rest);
    const std::size_t most = std::min(rest.size() / layout::id_size, layout::most_witnesses);
    if (!count || *count > most) return {};
    Witnesses condition;
    for (std::uint64_t i = 0; i < *count; ++i) {
        condition.push_back(read_id<NodeId>(rest, i * layout::id_size));
    }
    rest = rest.subspan(*count * layout::id_size);
    return condition;
}

Result<Body> read_vote(Bytes frame) {
    Vote vote;
    Bytes rest = frame.subspan(header_size);
    const auto flags = read_number<std::uint8_t>(frame, layout::message_flags_at);
    const bool conditional = (flags & layout::has_conditions) != 0;
    const auto count = conditional ? take_count(rest) : 0;
    if (!count || *count > layout::most_conditions) return wrong_length(frame);
    for (std::uint64_t left = *count; left > 0; --left) {
        auto condition = take_condition(rest);
        if (!condition) return wrong_length(frame);
        vote.conditions.push_back(*std::move(condition));
    }
    if (!rest.empty()) return wrong_length(frame);
    return Body{std::move(vote)};
}

Result<Body> read_empty(Bytes frame, Body body) {
    if (frame.size() != header_size) return wrong_length(frame);
    return body;
}

Result<Body> read_body(Bytes frame, std::uint16_t type, bool extensible) {
    switch (static_cast<MessageType>(type)) {
        case MessageType::ping:
        case MessageType::pong:
        case MessageType::meet:
            return read_heartbeat(frame, static_cast<MessageType>(type), extensible);
        case MessageType::fail:
            return read_fail(frame);
        case MessageType::publish:
            return read_publish(frame, false);
        case MessageType::publish_shard:
            return read_publish(frame, true);
        case MessageType::vote_request:
            return read_empty(frame, VoteRequest{});
        case MessageType::vote:
            return read_vote(frame);
        case MessageType::update:
            return read_update(frame);
        case MessageType::pause_request:
            return read_empty(frame, PauseRequest{});
        default:
            break;
    }
    const Bytes data = frame.subspan(header_size);
    return Body{Other{type, {data.begin(), data.end()}}};
}

}  // namespace

Result<std::optional<std::size_t>> frame_length(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < frame_prefix) return std::optional<std::size_t>{};
    if (read_number<std::uint32_t>(bytes, 0) != layout::signature) {
        return refused("it does not start with RCmb");
    }
    const std::size_t length = read_number<std::uint32_t>(bytes, layout::length_at);
    if (length < header_size || length > frame_limit) {
        return refused("a length of " + std::to_string(length) + " bytes is not between " +
                       std::to_string(header_size) + " and " + std::to_string(frame_limit));
    }
    return std::optional(length);
}

Result<Message> decode(std::span<const std::uint8_t> frame) {
    const auto length = frame_length(frame);
    if (!length) return length.error();
    if (!*length || **length != frame.size()) return refused("the frame is not whole");
    const auto version = read_number<std::uint16_t>(frame, layout::version_at);
    if (version != layout::version) {
        return refused("version " + std::to_string(version) + " is not 1");
    }
    Header header = read_header(frame);
    if (header.sender.none()) return refused("its sender has no name");
    const auto type = read_number<std::uint16_t>(frame, layout::type_at);
    auto body = read_body(frame, type, header.extensible);
    if (!body) return body.error();
    return Message{std::move(header), *std::move(body)};
}

}  // namespace grapevine::gossip
