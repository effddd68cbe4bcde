#include "client/cli/connection.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "client/resp/reply.h"
#include "client/resp/writer.h"

namespace grapevine::client::cli {
namespace {

using Clock = std::chrono::steady_clock;
using resp::Value;

struct AddressDeleter {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressDeleter>;

Error system_error(int code) {
    return Error{std::strerror(code)};
}

Result<Addresses> look_up(const slots::Endpoint& node) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int code =
        getaddrinfo(node.host.c_str(), std::to_string(node.port).c_str(), &hints, &list);
    if (code != 0) return Error{gai_strerror(code)};
    return Addresses(list);
}

class Connection {
public:
    explicit Connection(const Access& access)
        : timeout_(access.timeout), deadline_(Clock::now() + access.timeout) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    // Tries one address after the other; the error is that of the last one.
    Result<void> open(const slots::Endpoint& node) {
        auto addresses = look_up(node);
        if (!addresses) return addresses.error();
        Result<void> opened = Error{"no address"};
        for (const addrinfo* entry = addresses->get(); entry; entry = entry->ai_next) {
            opened = connect(*entry);
            if (opened) break;
        }
        return opened;
    }

    Result<void> send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (auto ready = retry(errno, POLLOUT); !ready) {
                return ready;
            }
        }
        return {};
    }

    Result<Value> receive() {
        while (true) {
            const auto size = reader_.read(unread_);
            if (!size) return size.error();
            if (*size > 0) {
                unread_.erase(0, *size);
                return std::move(reader_.value());
            }
            if (auto filled = fill(); !filled) return filled.error();
        }
    }

private:
    Result<void> connect(const addrinfo& address) {
        close();
        descriptor_ = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor_ < 0) return system_error(errno);
        if (::connect(descriptor_, address.ai_addr, address.ai_addrlen) == 0) return {};
        if (errno != EINPROGRESS) return system_error(errno);
        if (auto ready = wait_for(POLLOUT); !ready) return ready;
        int code = 0;
        socklen_t size = sizeof code;
        getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &code, &size);
        if (code != 0) return system_error(code);
        return {};
    }

    Result<void> fill() {
        char bytes[16384];
        const ssize_t count = recv(descriptor_, bytes, sizeof bytes, 0);
        if (count == 0) return Error{"it closed the connection"};
        if (count < 0) return retry(errno, POLLIN);
        unread_.append(bytes, static_cast<std::size_t>(count));
        return {};
    }

    // After a call that failed with `code`: waits until it is worth another try.
    Result<void> retry(int code, short events) {
        if (code == EINTR) return {};
        if (code == EAGAIN || code == EWOULDBLOCK) return wait_for(events);
        return system_error(code);
    }

    Result<void> wait_for(short events) {
        pollfd entry{descriptor_, events, 0};
        while (true) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
            const int ready = left > 0 ? poll(&entry, 1, static_cast<int>(left)) : 0;
            if (ready > 0) return {};
            if (ready == 0) {
                return Error{fmt::format("no answer within {:g} s",
                                         std::chrono::duration<double>(timeout_).count())};
            }
            if (errno != EINTR) return system_error(errno);
        }
    }

    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

    int descriptor_ = -1;
    std::chrono::milliseconds timeout_;
    Clock::time_point deadline_;
    std::string unread_;
    resp::ReplyReader reader_;
};

void write_request(resp::Writer& writer, const Request& request) {
    writer.array(request.size());
    for (const std::string& argument : request) writer.bulk(argument);
}

std::string encode(const Access& access, const std::vector<Request>& requests) {
    std::string bytes;
    resp::Writer writer(bytes);
    if (!access.password.empty()) write_request(writer, {"AUTH", access.password});
    for (const Request& request : requests) write_request(writer, request);
    return bytes;
}

}  // namespace

Result<std::vector<Value>> ask_over_tcp(const Access& access, const slots::Endpoint& node,
                                        const std::vector<Request>& requests) {
    Connection connection(access);
    if (auto opened = connection.open(node); !opened) return opened.error();
    if (auto sent = connection.send(encode(access, requests)); !sent) return sent.error();
    if (!access.password.empty()) {
        auto authenticated = connection.receive();
        if (!authenticated) return authenticated.error();
        if (authenticated->is_error()) return std::vector(requests.size(), *authenticated);
    }
    std::vector<Value> replies;
    while (replies.size() < requests.size()) {
        auto reply = connection.receive();
        if (!reply) return reply.error();
        replies.push_back(*std::move(reply));
    }
    return replies;
}

}  // namespace grapevine::client::cli
