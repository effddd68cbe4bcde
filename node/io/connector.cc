#include "node/io/connector.h"

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/io/poll.h"
#include "node/io/socket.h"

namespace grapevine::node::io {
namespace {

struct Resolved {
    sockaddr_storage address{};
    socklen_t size = 0;
    std::string error;  // Empty: resolved.
};

Resolved resolve(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    Resolved result;
    if (const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
        status != 0) {
        result.error = gai_strerror(status);
        return result;
    }
    std::memcpy(&result.address, found->ai_addr, found->ai_addrlen);
    result.size = found->ai_addrlen;
    freeaddrinfo(found);
    return result;
}

ConnectFailure failure_of(int error) {
    return {error == ECONNREFUSED ? Refusal::refused : Refusal::unreachable, std::strerror(error)};
}

}  // namespace

// Shared with what is under way on other threads and in the loop, so that it may be abandoned.
struct Connector::Attempt : std::enable_shared_from_this<Attempt> {
    Attempt(Loop& on_loop, Events given) : loop(on_loop), events(std::move(given)) {}
    ~Attempt() { drop_socket(); }

    void start(const Resolved& resolved);
    void ready();
    void fail(ConnectFailure failure);
    void drop_socket();

    Loop& loop;
    Events events;
    bool abandoned = false;
    int descriptor = -1;
    std::unique_ptr<Poll> poll;
};

void Connector::Attempt::start(const Resolved& resolved) {
    if (abandoned) return;
    if (!resolved.error.empty()) return fail({Refusal::unreachable, resolved.error});
    descriptor = socket(resolved.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return fail(failure_of(errno));
    const auto* address = reinterpret_cast<const sockaddr*>(&resolved.address);
    if (connect(descriptor, address, resolved.size) != 0 && errno != EINPROGRESS) {
        return fail(failure_of(errno));
    }
    poll = std::make_unique<Poll>(loop, descriptor, [this](bool, bool) { ready(); });
    poll->watch(false, true);
}

void Connector::Attempt::ready() {
    const auto self = shared_from_this();
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(failure_of(error));
    poll.reset();
    set_no_delay(descriptor);
    const auto connected = std::move(events.connected);
    connected(std::exchange(descriptor, -1));
}

void Connector::Attempt::fail(ConnectFailure failure) {
    const auto self = shared_from_this();
    drop_socket();
    const auto failed = std::move(events.failed);
    failed(std::move(failure));
}

void Connector::Attempt::drop_socket() {
    poll.reset();
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

Connector::Connector(Loop& loop, std::string host, std::uint16_t port, Events events)
    : attempt_(std::make_shared<Attempt>(loop, std::move(events))) {
    const auto attempt = attempt_;
    // A numeric address needs no look-up that could block.
    if (auto numeric = resolve(host, port, AI_NUMERICHOST); numeric.error.empty()) {
        loop.post([attempt, numeric] { attempt->start(numeric); });
        return;
    }
    auto resolved = std::make_shared<Resolved>();
    loop.in_background([resolved, host, port] { *resolved = resolve(host, port, 0); },
                       [attempt, resolved] { attempt->start(*resolved); });
}

Connector::~Connector() {
    attempt_->abandoned = true;
    attempt_->drop_socket();
}

}  // namespace grapevine::node::io
