// Whole files, read and written so that a crash leaves the old or the new content, never a mixture.
#pragma once

#include <string>
#include <string_view>

#include "slots/result.h"

namespace grapevine::node::io {

// IO cannot read PATH: reason.
Result<std::string> read_file(const std::string& path);
bool file_exists(const std::string& path);

// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder.
Result<void> write_durably(const std::string& path, std::string_view bytes);
// For a file that was written and synced elsewhere in the same folder.
Result<void> rename_durably(const std::string& from, const std::string& to);
// Gives a file a second name in the same folder, under which it stays when the first one is
// replaced. Where the file system has no such names, it is moved.
Result<void> link_durably(const std::string& from, const std::string& to);

// Holds an exclusive lock on a file (made when missing) for as long as it lives.
class FileLock {
public:
    // IO PATH is in use by another process.
    static Result<FileLock> take(const std::string& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace grapevine::node::io
