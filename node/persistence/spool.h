// Bytes on their way from one fast writer to slower readers: in memory while they are few, in an
// unlinked file beyond that.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "node/journal/backlog.h"
#include "slots/result.h"

namespace grapevine::node::persistence {

class Spool {
public:
    // Starts at the first byte. All readers are made before the first append().
    class Reader {
    public:
        explicit Reader(Spool& spool) : spool_(spool), memory_(spool.memory_, 0) {}

        // What comes next, as far as it is at hand; empty when everything so far was read. Valid
        // until the spool or the reader changes. IO cannot read ...
        Result<std::string_view> next();
        void advance(std::size_t bytes);  // Not beyond what next() gave.
        bool at_end() const { return spool_.complete() && position_ == spool_.size(); }

    private:
        Spool& spool_;
        journal::Backlog::Reader memory_;
        std::uint64_t position_ = 0;
        std::string buffer_;  // Read from the file, from buffer_read_ on not yet advanced over.
        std::size_t buffer_read_ = 0;
    };

    // The file, if one is needed, is made in `folder`.
    Spool(std::size_t memory_limit, std::string folder)
        : memory_limit_(memory_limit), folder_(std::move(folder)) {}
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    // IO cannot write ...
    Result<void> append(std::string_view bytes);
    void finish() { complete_ = true; }
    bool complete() const { return complete_; }
    std::uint64_t size() const { return memory_.end() + file_size_; }
    // Bytes in memory that the slowest reader has not had, rounded up to some 64 KB.
    std::uint64_t waiting_in_memory() const { return memory_.end() - memory_.begin(); }

private:
    Result<void> open_file();
    Result<void> append_to_file(std::string_view bytes);

    std::size_t memory_limit_;
    std::string folder_;
    journal::Backlog memory_{0};  // The first bytes.
    int file_ = -1;               // All later ones.
    std::uint64_t file_size_ = 0;
    bool complete_ = false;
};

}  // namespace grapevine::node::persistence
