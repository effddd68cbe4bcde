#include "node/session/reply_queue.h"

#include "slots/check.h"

namespace grapevine::node::session {

std::uint64_t ReplyQueue::expect(bool wanted) {
    pieces_.push_back({{}, true, wanted, no_write});
    ++missing_;
    return first_place_ + pieces_.size() - 1;
}

void ReplyQueue::append(std::string_view reply, Term confirms) {
    GRAPEVINE_CHECK(waiting(), "a reply is held back only behind a missing one");
    if (pieces_.back().missing) pieces_.push_back({});
    auto& piece = pieces_.back();
    piece.bytes.append(reply);
    piece.confirms = older(piece.confirms, confirms);
    bytes_ += reply.size();
}

Term ReplyQueue::fill(std::uint64_t place, std::string_view reply, std::string& ready,
                      Term confirms) {
    auto& piece = pieces_[place - first_place_];
    GRAPEVINE_CHECK(piece.missing, "a place is filled once");
    piece.missing = false;
    --missing_;
    if (piece.wanted) {
        piece.bytes = reply;
        piece.confirms = confirms;
        bytes_ += reply.size();
    }
    Term confirmed = no_write;
    while (waiting() && !pieces_[head_].missing) {
        confirmed = older(confirmed, pieces_[head_].confirms);
        ready.append(pieces_[head_].bytes);
        bytes_ -= pieces_[head_].bytes.size();
        pieces_[head_++].bytes = {};
    }
    if (waiting() && head_ <= pieces_.size() / 2) return confirmed;
    first_place_ += head_;
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
    return confirmed;
}

}  // namespace grapevine::node::session
