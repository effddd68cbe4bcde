#include "gossip/message.h"

#include <array>

namespace grapevine::gossip {
namespace {

MessageType type_of_body(const Heartbeat& heartbeat) {
    switch (heartbeat.kind) {
        case Heartbeat::Kind::pong:
            return MessageType::pong;
        case Heartbeat::Kind::meet:
            return MessageType::meet;
        default:
            return MessageType::ping;
    }
}

std::optional<MessageType> type_of_number(std::uint16_t number) {
    if (number >= message_type_count) return {};
    return static_cast<MessageType>(number);
}

}  // namespace

std::string_view name_of(MessageType type) {
    static constexpr std::array<std::string_view, message_type_count> names{
        "ping",     "pong",   "meet",    "fail",   "publish",     "auth-req",
        "auth-ack", "update", "mfstart", "module", "publishshard"};
    return names[static_cast<std::size_t>(type)];
}

std::optional<MessageType> type_of(const Message& message) {
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body))
        return type_of_body(*heartbeat);
    if (const auto* other = std::get_if<Other>(&message.body)) return type_of_number(other->type);
    if (const auto* publish = std::get_if<Publish>(&message.body)) {
        return publish->sharded ? MessageType::publish_shard : MessageType::publish;
    }
    if (std::holds_alternative<Fail>(message.body)) return MessageType::fail;
    if (std::holds_alternative<VoteRequest>(message.body)) return MessageType::vote_request;
    if (std::holds_alternative<Vote>(message.body)) return MessageType::vote;
    if (std::holds_alternative<Update>(message.body)) return MessageType::update;
    return MessageType::pause_request;
}

}  // namespace grapevine::gossip
