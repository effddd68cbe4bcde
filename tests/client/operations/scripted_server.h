// A server in this process that answers as a test tells it, or not at all.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace grapevine::client {

class ScriptedServer {
public:
    using Words = std::vector<std::string>;
    // The bytes to be sent for a request; nothing for none. The connection ends after hang_up.
    using Script = std::function<std::string(const Words&)>;

    static constexpr char hang_up = '\4';

    // Owns all slots of its cluster. HELLO and CLUSTER SLOTS are answered unless `script` has an
    // answer. Listens on a unix socket if `path` is given, else on a port of 127.0.0.1.
    explicit ScriptedServer(Script script = {}, const std::string& path = {});
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;

    std::string address() const;
    // Requests other than HELLO and CLUSTER SLOTS that have come so far.
    unsigned received() const { return received_; }
    void wait_for(unsigned requests) const;
    // While held, it reads and answers nothing but HELLO and CLUSTER SLOTS, and these only where it
    // owes no earlier answer; then all that it owes.
    void hold() { held_ = true; }
    void release() { held_ = false; }

private:
    struct Peer;
    void run();
    bool serve(Peer& peer);
    std::string answer(const Words& words);
    std::string map() const;

    Script script_;
    std::string path_;
    int port_ = 0;
    int listener_ = -1;
    std::atomic<unsigned> received_{0};
    std::atomic<bool> held_{false};
    std::atomic<bool> stop_{false};
    std::vector<std::unique_ptr<Peer>> peers_;
    std::thread thread_;
};

}  // namespace grapevine::client
