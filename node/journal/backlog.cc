#include "node/journal/backlog.h"

#include <algorithm>

#include "slots/check.h"

namespace grapevine::node::journal {
namespace {

constexpr std::size_t segment_size = 64 * 1024;

}  // namespace

Backlog::Reader::Reader(Backlog& backlog, Offset at) : backlog_(backlog), position_(at) {
    GRAPEVINE_CHECK(backlog.holds(at), "a reader starts at an offset that the backlog holds");
    backlog_.readers_.push_back(this);
}

Backlog::Reader::~Reader() {
    std::erase(backlog_.readers_, this);
    backlog_.trim();
}

std::string_view Backlog::Reader::next() const {
    if (position_ == backlog_.end_) return {};
    const Segment& segment = backlog_.segment_of(position_);
    return std::string_view(segment.bytes).substr(position_ - segment.begin);
}

void Backlog::Reader::advance(std::size_t bytes) {
    GRAPEVINE_CHECK(bytes <= unread(), "a reader does not overtake the log");
    position_ += bytes;
    backlog_.trim();
}

void Backlog::set_keep(std::size_t bytes) {
    keep_bytes_ = bytes;
    trim();
}

void Backlog::append(std::string_view bytes) {
    while (!bytes.empty()) {
        if (segments_.empty() || segments_.back().bytes.size() == segment_size) {
            segments_.push_back({end_, {}});
            segments_.back().bytes.reserve(segment_size);
        }
        std::string& last = segments_.back().bytes;
        const auto piece = bytes.substr(0, segment_size - last.size());
        last.append(piece);
        end_ += piece.size();
        bytes.remove_prefix(piece.size());
    }
    trim();
}

void Backlog::restart(Offset offset) {
    GRAPEVINE_CHECK(readers_.empty(), "a log that somebody reads does not start anew");
    segments_.clear();
    end_ = offset;
}

void Backlog::trim() {
    Offset needed = end_ - std::min<Offset>(end_, keep_bytes_);
    for (const Reader* reader : readers_) needed = std::min(needed, reader->position());
    while (segments_.size() > 1 && segments_.front().end() <= needed) segments_.pop_front();
}

const Backlog::Segment& Backlog::segment_of(Offset offset) const {
    const auto after =
        std::upper_bound(segments_.begin(), segments_.end(), offset,
                         [](Offset at, const Segment& segment) { return at < segment.begin; });
    return *std::prev(after);
}

}  // namespace grapevine::node::journal
