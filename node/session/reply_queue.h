// Replies leave in the order of their requests, whichever worker answers first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/session/lease.h"

namespace grapevine::node::session {

class ReplyQueue {
public:
    // True while an earlier reply is missing: what is written now has to wait behind it.
    bool waiting() const { return head_ < pieces_.size(); }

    // Keeps a place for a reply that comes later; one that is not wanted is dropped then.
    std::uint64_t expect(bool wanted = true);
    // A reply that is ready, while waiting(), and what it confirms.
    void append(std::string_view reply, Term confirms = no_write);
    // The reply of a place; appends to `ready` what can be sent now, and answers what that
    // confirms. A place is filled once.
    Term fill(std::uint64_t place, std::string_view reply, std::string& ready,
              Term confirms = no_write);

    std::size_t bytes() const { return bytes_; }           // Held back.
    std::size_t missing() const { return missing_; }       // Places not filled yet.
    std::size_t pieces() const { return pieces_.size(); }  // In memory.

private:
    struct Piece {
        std::string bytes;
        bool missing = false;
        bool wanted = true;
        Term confirms = no_write;
    };

    std::vector<Piece> pieces_;  // From head_ on; the first one is missing. Half of it, at least.
    std::size_t head_ = 0;
    std::uint64_t first_place_ = 0;  // The place of pieces_[0].
    std::size_t bytes_ = 0;
    std::size_t missing_ = 0;
};

}  // namespace grapevine::node::session
