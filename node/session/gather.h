// Asks every worker and joins the answers: for what one worker alone does not know.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/resp/writer.h"
#include "node/session/talk.h"

namespace grapevine::node::session {

// Runs `part` on each worker's own thread, then `join` on the asking one, with the parts by worker.
// Takes the talk's reply: nothing else may be written to it.
void on_every_worker(
    Talk& talk, std::function<std::string(Dispatcher&)> part,
    std::function<void(const std::vector<std::string>&, client::resp::Writer&)> join);

// The same without a client: `join` gets the parts on `asking`'s thread.
void on_every_worker(Dispatcher& asking, std::function<std::string(Dispatcher&)> part,
                     std::function<void(std::vector<std::string>)> join);

}  // namespace grapevine::node::session
