// Where a session's next reply is written: straight into what is sent, or behind a missing one.
#pragma once

#include <utility>

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
    const Term before = std::exchange(confirms_, no_write);
    write(reply);
    const Term confirms = std::exchange(confirms_, before);
    // The write may have kept a place for itself; what it wrote then, if anything, goes behind.
    if (session.manners.silent_now || aside.empty()) return;
    if (session.waiting()) return session.replies_.append(aside, confirms);
    out_.append(aside);
    confirms_ = older(confirms_, confirms);
}

}  // namespace grapevine::node::session
