// Writes a file on a helper thread; it takes its name only when it is whole and on the disk.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/io/loop.h"
#include "slots/result.h"

namespace grapevine::node::persistence {

class FileWriter {
public:
    // Writes to a temporary file beside `path`. `progress` is called on the loop whenever something
    // was written.
    FileWriter(io::Loop& loop, std::string path, std::function<void()> progress);
    // Abandons the file unless it was finished. No callback follows.
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    void append(std::string bytes);
    std::size_t pending() const;  // Bytes not yet written.
    // Nothing is appended after it. Calls `done` on the loop when the file is safe under its name,
    // or with the first error (IO cannot ...). The writer may be destroyed inside the call.
    void finish(std::function<void(Result<void>)> done);

private:
    struct State;
    std::shared_ptr<State> state_;
};

// Removes the temporary files beside `path` of processes that have died while they wrote. What
// cannot be looked at stays.
void remove_leftovers(const std::string& path);

}  // namespace grapevine::node::persistence
