// Connections: one of ours to every peer, kept open; those of others, taken as they come.
#pragma once

#include "gossip/core.h"

namespace grapevine::gossip {

// Asks for a link to every peer that has none and whose time has come; replaces stale ones.
void keep_links(Core& core);
void connect(Core& core, Member& member);
// It has just been heard: if there is no link to it, now is the time for one, however long the next
// attempt was to wait.
void call_back(Core& core, Member& member);
// Our link to the member, if any, is closed; a new one follows at the next tick.
void drop_link(Core& core, Member& member);

LinkId accept(Core& core, std::string remote, std::string local);
void link_event(Core& core, LinkId link, LinkEvent event);

}  // namespace grapevine::gossip
