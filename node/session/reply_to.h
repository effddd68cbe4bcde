// Where a session's next reply is written: straight into what is sent, or behind a missing one.
#pragma once

#include "node/session/dispatcher.h"

namespace grapevine::node::session {

template <typename Write>
void Dispatcher::reply_to(Session& session, Write write) {
    const auto version = session.manners.version;
    if (!session.waiting() && !session.manners.silent_now) {
        client::resp::Writer reply(out_, version);
        return write(reply);
    }
    std::string aside;
    client::resp::Writer reply(aside, version);
    write(reply);
    // The write may have kept a place for itself; what it wrote then, if anything, goes behind.
    if (session.manners.silent_now || aside.empty()) return;
    session.waiting() ? session.replies_.append(aside) : static_cast<void>(out_.append(aside));
}

}  // namespace grapevine::node::session
