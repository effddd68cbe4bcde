#include "node/persistence/spool.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace grapevine::node::persistence {
namespace {

constexpr std::size_t read_size = 256 * 1024;

Error io_error(const std::string& what, const std::string& where) {
    return Error{"IO cannot " + what + " a temporary file in " + where + ": " +
                 std::strerror(errno)};
}

}  // namespace

Spool::~Spool() {
    if (file_ >= 0) ::close(file_);
}

Result<void> Spool::append(std::string_view bytes) {
    if (file_ < 0) {
        if (memory_.end() - memory_.begin() + bytes.size() <= memory_limit_) {
            memory_.append(bytes);
            return {};
        }
        if (auto opened = open_file(); !opened) return opened;
    }
    return append_to_file(bytes);
}

Result<void> Spool::open_file() {
    std::string path = folder_ + "/grapevine-spool-XXXXXX";
    file_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (file_ < 0) return io_error("make", folder_);
    ::unlink(path.c_str());
    return {};
}

Result<void> Spool::append_to_file(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(file_size_));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error("write", folder_);
        file_size_ += static_cast<std::uint64_t>(count);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<std::string_view> Spool::Reader::next() {
    if (memory_.unread() > 0) return memory_.next();
    if (buffer_read_ < buffer_.size()) return std::string_view(buffer_).substr(buffer_read_);
    buffer_.clear();
    buffer_read_ = 0;
    if (position_ == spool_.size()) return std::string_view{};
    buffer_.resize(read_size);
    const auto place = static_cast<off_t>(position_ - spool_.memory_.end());
    const ssize_t count = ::pread(spool_.file_, buffer_.data(), buffer_.size(), place);
    if (count <= 0) {
        buffer_.clear();
        return io_error("read", spool_.folder_);
    }
    buffer_.resize(static_cast<std::size_t>(count));
    return std::string_view(buffer_);
}

void Spool::Reader::advance(std::size_t bytes) {
    position_ += bytes;
    if (memory_.unread() > 0) {
        memory_.advance(bytes);
    } else {
        buffer_read_ += bytes;
    }
}

}  // namespace grapevine::node::persistence
