#include "node/persistence/file_writer.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include "node/io/file.h"

namespace grapevine::node::persistence {
namespace {

std::string temporary_of(const std::string& path, std::string_view process) {
    return path + ".tmp-" + std::string(process);
}

bool has_died(std::string_view process) {
    ::pid_t id = 0;
    const auto [end, error] = std::from_chars(process.begin(), process.end(), id);
    const bool is_number = error == std::errc{} && end == process.end() && id > 0;
    return is_number && ::kill(id, 0) != 0 && errno == ESRCH;
}

}  // namespace

void remove_leftovers(const std::string& path) {
    const std::filesystem::path file(path);
    const std::string start = temporary_of(file.filename(), {});
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(file.parent_path(), ignored)) {
        const std::string name = entry.path().filename();
        if (name.starts_with(start) && has_died(std::string_view(name).substr(start.size()))) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

// What the helper thread touches is touched by one job at a time, and by nobody else meanwhile.
struct FileWriter::State : std::enable_shared_from_this<State> {
    State(io::Loop& its_loop, std::string its_path, std::function<void()> given)
        : loop(its_loop),
          path(std::move(its_path)),
          temporary(temporary_of(path, std::to_string(::getpid()))),
          progress(std::move(given)) {}
    ~State();

    void write_more();
    void written();
    void close_up();
    // On the helper thread.
    void write(std::string_view bytes);
    void make_safe();
    void fail(const char* what);

    io::Loop& loop;
    std::string path;
    std::string temporary;
    std::function<void()> progress;
    std::function<void(Result<void>)> done;
    std::string waiting;
    std::size_t in_work = 0;  // Bytes that the helper thread writes now.
    bool busy = false;
    bool abandoned = false;

    int file = -1;  // The helper thread's.
    bool in_place = false;
    Result<void> outcome;
};

FileWriter::State::~State() {
    if (file >= 0) ::close(file);
    if (!in_place) ::unlink(temporary.c_str());
}

void FileWriter::State::write_more() {
    if (busy || abandoned) return;
    if (waiting.empty()) {
        if (done) close_up();
        return;
    }
    busy = true;
    in_work = waiting.size();
    auto bytes = std::make_shared<std::string>(std::exchange(waiting, {}));
    const auto self = shared_from_this();
    loop.in_background([self, bytes] { self->write(*bytes); }, [self] { self->written(); });
}

void FileWriter::State::written() {
    busy = false;
    in_work = 0;
    if (!abandoned && progress) progress();
    write_more();
}

void FileWriter::State::close_up() {
    busy = true;
    const auto self = shared_from_this();
    loop.in_background([self] { self->make_safe(); },
                       [self] {
                           if (!self->abandoned) std::exchange(self->done, {})(self->outcome);
                       });
}

void FileWriter::State::write(std::string_view bytes) {
    if (!outcome) return;
    if (file < 0) file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return fail("make");
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail("write");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void FileWriter::State::make_safe() {
    if (!outcome) return;
    if (::fsync(file) != 0) return fail("sync");
    outcome = io::rename_durably(temporary, path);
    in_place = static_cast<bool>(outcome);
}

void FileWriter::State::fail(const char* what) {
    outcome =
        Error{"IO cannot " + std::string(what) + ' ' + temporary + ": " + std::strerror(errno)};
}

FileWriter::FileWriter(io::Loop& loop, std::string path, std::function<void()> progress)
    : state_(std::make_shared<State>(loop, std::move(path), std::move(progress))) {}

FileWriter::~FileWriter() {
    state_->abandoned = true;
}

void FileWriter::append(std::string bytes) {
    if (state_->waiting.empty()) {
        state_->waiting = std::move(bytes);
    } else {
        state_->waiting += bytes;
    }
    constexpr std::size_t worth_a_job = 1u << 20;
    if (state_->waiting.size() >= worth_a_job) state_->write_more();
}

std::size_t FileWriter::pending() const {
    return state_->waiting.size() + state_->in_work;
}

void FileWriter::finish(std::function<void(Result<void>)> done) {
    state_->done = std::move(done);
    state_->write_more();
}

}  // namespace grapevine::node::persistence
