// The newest bytes of the journal by absolute offset, kept once for all who read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node::journal {

// Bytes since the beginning of a history: the byte that follows offset n is the (n+1)th. PSYNC
// counts the other way: it asks for "n+1", the first byte that is missing.
using Offset = std::uint64_t;

class Backlog {
public:
    // A place in the log. The bytes behind it stay until it is gone, however slowly it moves.
    class Reader {
    public:
        // `at` is within begin() and end().
        Reader(Backlog& backlog, Offset at);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

        Offset position() const { return position_; }
        std::uint64_t unread() const { return backlog_.end() - position_; }
        // What comes next, as far as it lies together; empty at the end. Valid until the log
        // changes or the reader moves.
        std::string_view next() const;
        void advance(std::size_t bytes);  // Not beyond what next() gave.

    private:
        Backlog& backlog_;
        Offset position_;
    };

    explicit Backlog(std::size_t keep_bytes) : keep_bytes_(keep_bytes) {}

    // How much is kept when nobody needs it; a little more may stay.
    void set_keep(std::size_t bytes);
    std::size_t keep() const { return keep_bytes_; }

    void append(std::string_view bytes);
    // Forgets everything; the next byte comes after `offset`. There may be no readers.
    void restart(Offset offset);

    Offset begin() const { return segments_.empty() ? end_ : segments_.front().begin; }
    Offset end() const { return end_; }
    bool holds(Offset offset) const { return offset >= begin() && offset <= end(); }

private:
    struct Segment {
        Offset begin;
        std::string bytes;  // Never grows beyond its capacity, so that views into it stay valid.
        Offset end() const { return begin + bytes.size(); }
    };

    void trim();
    const Segment& segment_of(Offset offset) const;

    std::size_t keep_bytes_;
    std::deque<Segment> segments_;
    Offset end_ = 0;
    std::vector<Reader*> readers_;
};

}  // namespace grapevine::node::journal
