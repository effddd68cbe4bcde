#include "client/engine/own_links.h"

#include <algorithm>

namespace grapevine::client {

Link& OwnLinks::take(std::uint16_t node, Conversation* talk) {
    auto free = std::find_if(links_.begin(), links_.end(), [&](const auto& link) {
        return link->node() == node && !link->use.busy;
    });
    if (free == links_.end()) free = links_.insert(links_.end(), make_(node));
    Link& link = **free;
    link.use = {.own = true, .busy = true, .talk = talk};
    return link;
}

void OwnLinks::give(Link& link, Instant now) {
    link.use = {.own = true, .idle_since = now};
}

void OwnLinks::tidy(Instant now) {
    std::erase_if(links_, [&](const auto& link) {
        return !link->use.busy && now - link->use.idle_since >= longest_idle;
    });
}

bool OwnLinks::connecting() const {
    return std::any_of(links_.begin(), links_.end(),
                       [](const auto& link) { return link->connecting(); });
}

}  // namespace grapevine::client
