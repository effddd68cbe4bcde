#include "node/io/listener.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/io/socket.h"

namespace grapevine::node::io {
namespace {

constexpr int most_per_turn = 256;  // So that a storm of connections does not starve the others.

int open_reserve() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

Listener::Listener(Loop& loop, int descriptor, std::function<void(int)> accepted)
    : descriptor_(descriptor), reserve_(open_reserve()), accepted_(std::move(accepted)) {
    poll_.emplace(loop, descriptor, [this](bool, bool) { accept_waiting(); });
    poll_->watch(true, false);
}

Listener::~Listener() {
    poll_.reset();
    remove_socket_file(descriptor_);
    ::close(descriptor_);
    if (reserve_ >= 0) ::close(reserve_);
}

void Listener::accept_waiting() {
    for (int i = 0; i < most_per_turn; ++i) {
        const int caller = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (caller >= 0) {
            accepted_(caller);
        } else if (errno == EMFILE || errno == ENFILE) {
            return turn_one_away();
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

void Listener::turn_one_away() {
    if (reserve_ >= 0) ::close(reserve_);
    const int caller = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (caller >= 0) ::close(caller);
    reserve_ = open_reserve();
}

}  // namespace grapevine::node::io
