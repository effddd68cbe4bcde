#include "node/session/talk.h"

#include "node/session/dispatcher.h"

namespace grapevine::node::session {

Answer Talk::later() {
    const auto place = session.expect();
    session.pause();
    return {dispatcher, session.id(), place, session.manners.version};
}

void Answer::give(std::string reply, Term confirms) const {
    dispatcher_->loop().post([dispatcher = dispatcher_, session = session_, place = place_,
                              confirms, text = std::move(reply)] {
        if (auto* found = dispatcher->find(session)) found->fill(place, text, confirms);
    });
}

void Answer::give(const Error& error) const {
    std::string text;
    client::resp::Writer(text, version_).error(error);
    give(std::move(text));
}

}  // namespace grapevine::node::session
