// What a command about the conversation, or about the node, sees.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "client/resp/writer.h"
#include "node/session/command_table.h"
#include "node/session/lease.h"

namespace grapevine::node::session {

class Dispatcher;
class Session;

// The right to give one reply later. May be copied and used on any thread, once.
class Answer {
public:
    Answer(Dispatcher& dispatcher, std::uint64_t session, std::uint64_t place,
           client::resp::Version version)
        : dispatcher_(&dispatcher), session_(session), place_(place), version_(version) {}

    client::resp::Version version() const { return version_; }
    // Delivers an encoded reply, which may confirm a write. Does nothing when the client has gone
    // meanwhile.
    void give(std::string reply, Term confirms = no_write) const;
    void give(const Error& error) const;

private:
    Dispatcher* dispatcher_;
    std::uint64_t session_;
    std::uint64_t place_;
    client::resp::Version version_;
};

struct Talk {
    Dispatcher& dispatcher;
    Session& session;
    const Entry& entry;
    std::span<const std::string_view> args;  // args[0] is the command's name.
    client::resp::Writer& reply;

    // Instead of writing to `reply`: the client waits, and so do its next requests.
    Answer later();
};

}  // namespace grapevine::node::session
