#include "node/io/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace grapevine::node::io {
namespace {

void set_option(int descriptor, int level, int name, int value) {
    setsockopt(descriptor, level, name, &value, sizeof value);
}

Error listen_error(const std::string& what, int error) {
    return Error{"IO cannot listen on " + what + ": " + std::strerror(error)};
}

Address to_address(const sockaddr_storage& storage) {
    char text[INET6_ADDRSTRLEN] = "";
    if (storage.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
        return {text, ntohs(v4.sin_port)};
    }
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        return {text, ntohs(v6.sin6_port)};
    }
    if (storage.ss_family == AF_UNIX) {
        return {reinterpret_cast<const sockaddr_un&>(storage).sun_path, 0};
    }
    return {};
}

}  // namespace

void make_non_blocking(int descriptor) {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

void set_no_delay(int descriptor) {
    set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
}

void set_keep_alive(int descriptor, int seconds) {
    if (seconds <= 0) return;
    set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, seconds / 3));
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

void set_user_timeout(int descriptor, unsigned milliseconds) {
    set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(milliseconds));
}

Acknowledgements acknowledgements(int descriptor) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
    return {info.tcpi_unacked == 0, info.tcpi_last_ack_recv};
}

std::string to_string(const Address& address) {
    const bool v6 = address.port != 0 && address.host.find(':') != std::string::npos;
    const std::string host = v6 ? '[' + address.host + ']' : address.host;
    return host + ':' + std::to_string(address.port);
}

Address peer_address(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
    return to_address(storage);
}

Address local_address(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
    return to_address(storage);
}

Result<int> listen_tcp(const std::string& host, std::uint16_t port, int backlog) {
    const std::string what = to_string({host, port});
    const bool any4 = host == "*";
    const bool any6 = host == "::*";
    addrinfo hints{};
    hints.ai_family = any4 ? AF_INET : any6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const char* name = any4 || any6 ? nullptr : host.c_str();
    if (const int status = getaddrinfo(name, std::to_string(port).c_str(), &hints, &found);
        status != 0) {
        return Error{"IO cannot listen on " + what + ": " + gai_strerror(status)};
    }
    const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool listening = false;
    if (descriptor >= 0) {
        set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
        if (found->ai_family == AF_INET6) set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        listening = bind(descriptor, found->ai_addr, found->ai_addrlen) == 0 &&
                    listen(descriptor, backlog) == 0;
    }
    const int error = errno;
    freeaddrinfo(found);
    if (listening) return descriptor;
    if (descriptor >= 0) ::close(descriptor);
    return listen_error(what, error);
}

Result<int> listen_unix(const std::string& path, unsigned permissions, int backlog) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return listen_error(path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.data(), path.size());
    ::unlink(path.c_str());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return listen_error(path, errno);
    if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(descriptor, backlog) != 0) {
        const int error = errno;
        ::close(descriptor);
        return listen_error(path, error);
    }
    if (permissions != 0) ::chmod(path.c_str(), permissions);
    return descriptor;
}

void remove_socket_file(int descriptor) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    const bool known = getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (known && address.sun_family == AF_UNIX) ::unlink(address.sun_path);
}

}  // namespace grapevine::node::io
