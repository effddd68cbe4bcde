#include "node/session/gather.h"

#include <memory>

#include "node/session/dispatcher.h"

namespace grapevine::node::session {

void on_every_worker(Dispatcher& asking, std::function<std::string(Dispatcher&)> part,
                     std::function<void(std::vector<std::string>)> join) {
    struct Gathering {
        std::function<std::string(Dispatcher&)> part;
        std::function<void(std::vector<std::string>)> join;
        std::vector<std::string> parts;
        std::size_t missing;
    };
    const auto peers = asking.peers();
    auto gathering = std::make_shared<Gathering>(Gathering{
        std::move(part), std::move(join), std::vector<std::string>(peers.size()), peers.size()});
    for (std::size_t index = 0; index < peers.size(); ++index) {
        peers[index]->loop().post([gathering, index, peer = peers[index], &asking] {
            asking.loop().post([gathering, index, text = gathering->part(*peer)]() mutable {
                gathering->parts[index] = std::move(text);
                if (--gathering->missing == 0) gathering->join(std::move(gathering->parts));
            });
        });
    }
}

void on_every_worker(
    Talk& talk, std::function<std::string(Dispatcher&)> part,
    std::function<void(const std::vector<std::string>&, client::resp::Writer&)> join) {
    on_every_worker(
        talk.dispatcher, std::move(part),
        [answer = talk.later(), join = std::move(join)](const std::vector<std::string>& parts) {
            std::string reply;
            client::resp::Writer writer(reply, answer.version());
            join(parts, writer);
            answer.give(std::move(reply));
        });
}

}  // namespace grapevine::node::session
