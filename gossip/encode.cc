#include <algorithm>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"

namespace grapevine::gossip {
namespace {

using Buffer = std::vector<std::uint8_t>;

std::span<std::uint8_t> grow(Buffer& buffer, std::size_t size) {
    buffer.resize(buffer.size() + size);
    return std::span(buffer).last(size);
}

void append(Buffer& buffer, std::string_view text) {
    buffer.insert(buffer.end(), text.begin(), text.end());
}

void put_process(std::span<std::uint8_t> header, std::uint64_t process) {
    for (std::size_t i = layout::process_size; i-- > 0; process >>= 8) {
        header[layout::process_at + i] = static_cast<std::uint8_t>(process);
    }
}

void put_header(Buffer& buffer, const Header& header) {
    using namespace layout;
    const auto out = grow(buffer, header_size);
    write_number(out, 0, signature);
    write_number(out, version_at, version);
    write_number(out, port_at, header.port);
    write_number(out, current_epoch_at, header.current_epoch);
    write_number(out, config_epoch_at, header.config_epoch);
    write_number(out, offset_at, header.offset);
    write_id(out, sender_at, header.sender);
    header.slots.to_bitmap(out.subspan(slots_at, bitmap_size));
    write_id(out, primary_at, header.primary);
    write_text(out, host_at, host_size, header.host);
    if (header.capabilities != 0) {
        write_number(out, mark_at, mark);
        write_number(out, mark_version_at, mark_version);
        write_number(out, capabilities_at, header.capabilities);
        const bool has_room = header.host.size() <= longest_host_before_process;
        if (has_room) put_process(out, header.process);
    }
    write_number(out, secondary_port_at, header.secondary_port);
    write_number(out, bus_port_at, header.bus_port);
    write_number(out, flags_at, header.flags);
    write_number(out, state_at, static_cast<std::uint8_t>(header.serving ? 0 : 1));
    unsigned flags = header.paused ? paused : 0;
    if (header.forced) flags |= forced;
    if (header.extensible) flags |= has_extensions;
    write_number(out, message_flags_at, static_cast<std::uint8_t>(flags));
}

void put_rumour(Buffer& buffer, const Rumour& rumour) {
    using namespace layout;
    const auto out = grow(buffer, rumour_size);
    write_id(out, 0, rumour.id);
    write_text(out, rumour_host_at, host_size, rumour.host);
    write_number(out, rumour_port_at, rumour.port);
    write_number(out, rumour_bus_port_at, rumour.bus_port);
    write_number(out, rumour_flags_at, rumour.flags);
    write_number(out, rumour_secondary_port_at, rumour.secondary_port);
}

// Returns where the payload goes; zeros follow it up to the next unit.
std::span<std::uint8_t> put_extension(Buffer& buffer, std::uint16_t type, std::size_t payload) {
    using namespace layout;
    const std::size_t whole = extension_header + payload;
    const std::size_t padded = (whole + extension_unit - 1) / extension_unit * extension_unit;
    const auto out = grow(buffer, padded);
    write_number(out, 0, static_cast<std::uint32_t>(padded));
    write_number(out, 4, type);
    return out.subspan(extension_header);
}

void put_hostname(Buffer& buffer, std::string_view name) {
    const std::string_view cut = name.substr(0, layout::hostname_limit);
    const auto out = put_extension(buffer, layout::hostname, cut.size() + 1);
    write_text(out, 0, cut.size() + 1, cut);
}

void put_graves(Buffer& buffer, const Graves& graves) {
    using namespace layout;
    const auto out = put_extension(buffer, layout::graves, 8 + graves.list.size() * grave_size);
    write_number(out, 0, graves.digest);
    std::size_t at = 8;
    for (const Grave& grave : graves.list) {
        write_id(out, at, grave.id);
        write_number(out, at + id_size, grave.count);
        at += grave_size;
    }
}

void put_kin(Buffer& buffer, const Kin& kin) {
    const auto out = put_extension(buffer, layout::kin, layout::kin_size);
    write_number(out, 0, kin.cluster);
    write_number(out, 8, std::uint8_t{kin.settled});
}

void put_view(Buffer& buffer, std::uint64_t view) {
    write_number(put_extension(buffer, layout::view, sizeof view), 0, view);
}

void put_witnesses(Buffer& buffer, const Witnesses& witnesses) {
    const std::size_t size = witnesses.size() * layout::id_size;
    const auto out = put_extension(buffer, layout::witnesses, size);
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
        write_id(out, i * layout::id_size, witnesses[i]);
    }
}

void put_condition(Buffer& buffer, const Witnesses& witnesses) {
    write_number(grow(buffer, layout::condition_header), 0, std::uint64_t{witnesses.size()});
    for (const NodeId& id : witnesses) write_id(grow(buffer, layout::id_size), 0, id);
}

std::uint16_t put_extensions(Buffer& buffer, const Extensions& extensions) {
    std::uint16_t count = 0;
    if (extensions.hostname) {
        put_hostname(buffer, *extensions.hostname);
        ++count;
    }
    for (const Forgotten& forgotten : extensions.forgotten) {
        const auto out = put_extension(buffer, layout::forgotten, layout::forgotten_size);
        write_id(out, 0, forgotten.id);
        write_number(out, layout::id_size, forgotten.seconds);
        ++count;
    }
    if (extensions.shard) {
        write_id(put_extension(buffer, layout::shard, layout::id_size), 0, *extensions.shard);
        ++count;
    }
    if (extensions.graves) {
        put_graves(buffer, *extensions.graves);
        ++count;
    }
    if (extensions.kin) {
        put_kin(buffer, *extensions.kin);
        ++count;
    }
    if (extensions.view) {
        put_view(buffer, *extensions.view);
        ++count;
    }
    if (extensions.witnesses) {
        put_witnesses(buffer, *extensions.witnesses);
        ++count;
    }
    if (extensions.claim_unsaved) {
        put_extension(buffer, layout::claim_unsaved, 0);
        ++count;
    }
    return count;
}

struct PutBody {
    Buffer& buffer;

    void operator()(const Heartbeat& heartbeat) {
        const auto count = std::min<std::size_t>(heartbeat.rumours.size(), 0xffff);
        for (std::size_t i = 0; i < count; ++i) put_rumour(buffer, heartbeat.rumours[i]);
        const std::uint16_t extensions = put_extensions(buffer, heartbeat.extensions);
        write_number<std::uint16_t>(buffer, layout::count_at, static_cast<std::uint16_t>(count));
        write_number(std::span(buffer), layout::extension_count_at, extensions);
    }
    void operator()(const Fail& fail) { write_id(grow(buffer, layout::fail_size), 0, fail.id); }
    void operator()(const Publish& publish) {
        const auto lengths = grow(buffer, layout::publish_header);
        write_number(lengths, 0, static_cast<std::uint32_t>(publish.channel.size()));
        write_number(lengths, 4, static_cast<std::uint32_t>(publish.payload.size()));
        append(buffer, publish.channel);
        append(buffer, publish.payload);
    }
    void operator()(const Update& update) {
        const auto out = grow(buffer, layout::update_size);
        write_number(out, 0, update.config_epoch);
        write_id(out, 8, update.owner);
        update.slots.to_bitmap(out.subspan(8 + layout::id_size, layout::bitmap_size));
    }
    void operator()(const Other& other) {
        buffer.insert(buffer.end(), other.data.begin(), other.data.end());
    }
    void operator()(const VoteRequest&) {}
    void operator()(const Vote& vote) {
        if (vote.conditions.empty()) return;
        buffer[layout::message_flags_at] |= layout::has_conditions;
        write_number(grow(buffer, layout::condition_header), 0,
                     std::uint64_t{vote.conditions.size()});
        for (const Witnesses& condition : vote.conditions) put_condition(buffer, condition);
    }
    void operator()(const PauseRequest&) {}
};

std::uint16_t type_number(const Message& message) {
    if (const auto* other = std::get_if<Other>(&message.body)) return other->type;
    return static_cast<std::uint16_t>(*type_of(message));
}

}  // namespace

std::vector<std::uint8_t> encode(const Message& message) {
    Buffer buffer;
    buffer.reserve(header_size + 1024);
    put_header(buffer, message.header);
    std::visit(PutBody{buffer}, message.body);
    write_number(std::span(buffer), layout::type_at, type_number(message));
    write_number(std::span(buffer), layout::length_at, static_cast<std::uint32_t>(buffer.size()));
    return buffer;
}

}  // namespace grapevine::gossip
