#include "node/io/stream.h"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include "node/io/socket.h"
#include "slots/check.h"

namespace grapevine::node::io {
namespace {

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

End end_of(int error) {
    return error == ECONNRESET || error == EPIPE ? End::reset : End::failed;
}

}  // namespace

Stream::Stream(Loop& loop, int descriptor, Events events)
    : descriptor_(descriptor), events_(std::move(events)) {
    make_non_blocking(descriptor_);
    poll_ = std::make_unique<Poll>(loop, descriptor_, [this](bool can_read, bool can_write) {
        const auto alive = alive_;
        if (can_write && writing_) writable();
        if (*alive && open() && can_read && reading_) readable();
    });
    update_watch();
}

Stream::~Stream() {
    *alive_ = false;
    close();
}

void Stream::send(std::string_view bytes) {
    if (!open() || bytes.empty()) return;
    if (!writing_) bytes.remove_prefix(write_now(bytes));
    if (bytes.empty()) return;
    waiting_.append(bytes);
    if (writing_) return;
    writing_ = true;
    update_watch();
}

std::size_t Stream::write_now(std::string_view bytes) {
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count > 0 ? static_cast<std::size_t>(count)
                     : 0;  // A real error shows at the next write.
}

void Stream::writable() {
    const ssize_t count =
        ::send(descriptor_, waiting_.data() + sent_, waiting_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0) {
        if (!would_block(errno)) finish(end_of(errno));
        return;
    }
    sent_ += static_cast<std::size_t>(count);
    if (sent_ < waiting_.size()) {
        if (sent_ < waiting_.size() / 2) return;
        waiting_.erase(0, sent_);
        sent_ = 0;
        return;
    }
    waiting_ = {};
    sent_ = 0;
    writing_ = false;
    update_watch();
    if (events_.drained) events_.drained();
}

void Stream::readable() {
    const auto scratch = poll_->loop().scratch();
    const ssize_t count = ::read(descriptor_, scratch.data(), scratch.size());
    if (count > 0) {
        events_.received({scratch.data(), static_cast<std::size_t>(count)});
    } else if (count == 0) {
        finish(End::closed);
    } else if (!would_block(errno)) {
        finish(end_of(errno));
    }
}

void Stream::finish(End end) {
    close();
    if (!events_.ended) return;
    const auto ended = std::move(events_.ended);  // The callback may destroy this stream.
    ended(end);
}

void Stream::read_on(bool on) {
    if (reading_ == on) return;
    reading_ = on;
    update_watch();
}

void Stream::update_watch() {
    if (open()) poll_->watch(reading_, writing_);
}

void Stream::close() {
    if (!open()) return;
    poll_.reset();
    ::close(descriptor_);
    descriptor_ = -1;
}

int Stream::release() {
    GRAPEVINE_CHECK(unsent() == 0, "a stream that is handed over has sent everything");
    poll_.reset();
    return std::exchange(descriptor_, -1);
}

}  // namespace grapevine::node::io
