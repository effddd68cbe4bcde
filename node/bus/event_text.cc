#include "node/bus/event_text.h"

namespace grapevine::node::bus {

std::string to_text(const gossip::Event& event) {
    std::string text{gossip::name_of(event.kind)};
    if (!event.detail.empty()) text.append(": ").append(event.detail);
    if (!event.about.none()) text.append(" node=").append(event.about.text());
    if (event.epoch != 0) text.append(" epoch=").append(std::to_string(event.epoch));
    return text;
}

bool worrying(gossip::Event::Kind kind) {
    using Kind = gossip::Event::Kind;
    switch (kind) {
        case Kind::peer_failed:
        case Kind::election_lost:
        case Kind::slots_lost:
        case Kind::not_serving:
        case Kind::fenced:
        case Kind::resumed:
        case Kind::data_kept:
        case Kind::message_refused:
            return true;
        default:
            return false;
    }
}

}  // namespace grapevine::node::bus
