#include "tests/client/operations/scripted_server.h"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/resp/request.h"

namespace grapevine::client {
namespace {

constexpr int poll_ms = 2;

int listen_on_path(const std::string& path) {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(fd, 16) == 0);
    return fd;
}

int listen_on_any_port(int& port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(fd, 16) == 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

struct ScriptedServer::Peer {
    explicit Peer(int socket) : fd(socket) {}
    ~Peer() { close(fd); }

    int fd;
    std::string input;
    std::string owed;  // While held.
    resp::RequestReader reader;
};

ScriptedServer::ScriptedServer(Script script, const std::string& path)
    : script_(std::move(script)), path_(path) {
    listener_ = path.empty() ? listen_on_any_port(port_) : listen_on_path(path);
    thread_ = std::thread([this] { run(); });
}

ScriptedServer::~ScriptedServer() {
    stop_ = true;
    thread_.join();
    close(listener_);
}

std::string ScriptedServer::address() const {
    return path_.empty() ? "127.0.0.1:" + std::to_string(port_) : path_;
}

void ScriptedServer::wait_for(unsigned requests) const {
    while (received_ < requests) std::this_thread::yield();
}

void ScriptedServer::run() {
    while (!stop_) {
        std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
        for (const auto& peer : peers_) waiting.push_back({peer->fd, POLLIN, 0});
        poll(waiting.data(), waiting.size(), poll_ms);
        for (std::size_t i = 1; i < waiting.size(); ++i)
            if (!serve(*peers_[i - 1])) peers_[i - 1].reset();
        std::erase(peers_, nullptr);
        if (waiting[0].revents != 0)
            peers_.push_back(std::make_unique<Peer>(accept(listener_, nullptr, nullptr)));
    }
    peers_.clear();
}

bool ScriptedServer::serve(Peer& peer) {
    char bytes[65536];
    const auto count = recv(peer.fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count == 0) return false;
    if (count > 0) peer.input.append(bytes, static_cast<std::size_t>(count));
    const bool held = held_;
    std::string output;
    std::size_t done = 0;
    while (const auto size = *peer.reader.read(std::string_view(peer.input).substr(done))) {
        const Words words(peer.reader.args().begin(), peer.reader.args().end());
        done += size;
        const bool own = words[0] == "HELLO" || words[0] == "CLUSTER";
        // Replies keep the order of their requests, whoever is held.
        (own && peer.owed.empty() ? output : peer.owed) += answer(words);
        if (!own) ++received_;
    }
    peer.input.erase(0, done);
    if (!held) output += std::exchange(peer.owed, {});
    const auto end = output.find(hang_up);
    std::string_view rest = std::string_view(output).substr(0, end);
    while (!rest.empty() && !stop_) {
        const auto sent = send(peer.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return end == output.npos;
}

std::string ScriptedServer::answer(const Words& words) {
    if (script_)
        if (std::string reply = script_(words); !reply.empty()) return reply;
    if (words[0] == "HELLO") return "%1\r\n$5\r\nproto\r\n:3\r\n";
    return words[0] == "CLUSTER" ? map() : std::string{};
}

std::string ScriptedServer::map() const {
    if (!path_.empty()) return "-ERR This instance has cluster support disabled\r\n";
    return "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:" + std::to_string(port_) +
           "\r\n";
}

}  // namespace grapevine::client
