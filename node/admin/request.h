// One command about the node, as its handler sees it.
#pragma once

#include <span>
#include <string_view>

#include "client/resp/writer.h"
#include "node/admin/services.h"
#include "node/session/dispatcher.h"
#include "node/session/talk.h"

namespace grapevine::node::admin {

struct Request {
    session::Talk& talk;
    Services& services;

    std::span<const std::string_view> args() const { return talk.args; }
    client::resp::Writer& reply() { return talk.reply; }
    // Instead of a reply now: see Talk::later.
    session::Answer later() { return talk.later(); }
    session::Dispatcher& worker() { return talk.dispatcher; }
    const config::Config& config() const { return talk.dispatcher.settings(); }
};

// Whether the client is on this machine.
bool from_this_machine(const session::Session& session);

// For a reply that is ready on whatever thread.
void give_ok(const session::Answer& answer);

// The lines of a HELP subcommand.
void write_help(client::resp::Writer& reply, std::span<const std::string_view> lines);

}  // namespace grapevine::node::admin
