#include "node/io/connector.h"

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

#include "node/io/poll.h"
#include "node/io/resolver.h"
#include "node/io/socket.h"

namespace grapevine::node::io {
namespace {

struct Numeric {
    sockaddr_storage address{};
    socklen_t size = 0;
};

// Nothing when `host` is a name. Needs no look-up that could block.
std::optional<Numeric> numeric(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
    Numeric result;
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
    Attempt(Loop& on_loop, Events given)
        : loop(on_loop), resolver(on_loop), events(std::move(given)) {}
    ~Attempt() { drop_socket(); }

    void start(const Numeric& place);
    void look_up(const std::string& host, std::uint16_t port);
    void ready();
    void fail(ConnectFailure failure);
    void drop_socket();

    Loop& loop;
    std::optional<Resolver> resolver;
    Events events;
    bool abandoned = false;
    int descriptor = -1;
    std::unique_ptr<Poll> poll;
};

void Connector::Attempt::look_up(const std::string& host, std::uint16_t port) {
    const auto self = shared_from_this();
    resolver->resolve(host, [self, port](const Result<std::vector<std::string>>& addresses) {
        if (!addresses) return self->fail({Refusal::unreachable, addresses.error().text});
        const auto place = numeric(addresses->front(), port);
        place ? self->start(*place) : self->fail({Refusal::unreachable, "it has no address"});
    });
}

void Connector::Attempt::start(const Numeric& place) {
    if (abandoned) return;
    descriptor = socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return fail(failure_of(errno));
    const auto* address = reinterpret_cast<const sockaddr*>(&place.address);
    if (connect(descriptor, address, place.size) != 0 && errno != EINPROGRESS) {
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
    if (const auto place = numeric(host, port)) {
        loop.post([attempt, place] { attempt->start(*place); });
    } else {
        attempt->look_up(host, port);
    }
}

Connector::~Connector() {
    attempt_->abandoned = true;
    attempt_->resolver.reset();
    attempt_->drop_socket();
}

}  // namespace grapevine::node::io
